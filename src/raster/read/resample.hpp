#pragma once
/// From a window of source pixels to the pixels of a grid.

#include "imagery/resampling.hpp"
#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// Fills planes of floats with one mask, or packed bytes where the window has them (nearest and bilinear only). A pixel
/// is valid where its nearest source pixel is, so that edges of valid data stay where they are; its value is a mean
/// weighted by distance and validity, so that missing pixels never darken it. A soft validity (alpha) is interpolated.
/// Average, mode, min and max go over the source pixels whose centres lie in the pixel, and are valid where any of
/// them is. `source`: all of it.
void resample(const PixelWindow& window, const WarpGrid& grid, const SourceRect& source, Resampling how, Image& into);

/// For each pixel of the grid the index of the window pixel that holds its centre; the largest number where none does.
std::vector<std::size_t> nearest_pixels(const PixelWindow& window, const WarpGrid& grid, const SourceRect& source);

} // namespace landfall::raster
