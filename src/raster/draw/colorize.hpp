#pragma once
/// From values to colours.

#include "imagery/colors/colormap.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/image.hpp"
#include "raster/vocabulary.hpp"

#include <optional>

namespace landfall::raster {

/// Complete instructions: nothing automatic is left.
struct Coloring {
    /// Stretch of each channel to 0..255 (one channel: to the ramp); empty: 8-bit values are colours already.
    std::vector<std::array<double, 2>> stretch;
    double gamma = 1;
    double contrast = 0;              ///< sigmoidal around the middle; 0: none
    double saturation = 1;            ///< of three channels; 0: gray
    std::optional<Colormap> colormap; ///< of one channel; none: gray
};

/// One channel becomes gray or a colormap's colours, three become red, green and blue. Invalid pixels and values that
/// are no numbers become transparent. `low == high` in a stretch gives middle gray for that value.
Picture colorize(const Image& values, const Coloring& coloring, std::size_t channels);

} // namespace landfall::raster
