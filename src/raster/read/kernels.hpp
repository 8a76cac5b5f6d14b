#pragma once
/// The kernels of resampling that look at more than four pixels.

#include "imagery/resampling.hpp"
#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

#include <vector>

namespace landfall::raster {

/// Where the centre of each pixel of a grid lies in a window, in its pixels; kOutside where nowhere.
struct Coordinates {
    std::vector<float> x, y;
};
inline constexpr float kOutside = -1e9F;

/// Cubic convolution (Keys, a = -0.5), weighted by validity; the nearest value where too much around it is missing.
/// Fills planes of floats and one mask.
void resample_cubic(const PixelWindow& window, const Coordinates& at, Image& into);

/// Average, mode, min and max over `side` by `side` window pixels around each centre. Ties of the mode go to the
/// smallest value.
void resample_area(const PixelWindow& window, const Coordinates& at, double side, Resampling how, Image& into);

} // namespace landfall::raster
