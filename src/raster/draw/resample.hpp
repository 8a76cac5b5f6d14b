#pragma once
/// From a window of source pixels to the pixels of a tile.

#include "raster/read/source_image.hpp"

namespace landfall::raster {

enum class Kernel { Nearest, Bilinear };

/// Values of a tile before they become colours. Either `bytes` or `planes` is filled, as in PixelWindow.
struct TileValues {
    int size = 0;
    std::vector<std::uint32_t> bytes;       ///< lowest byte up: bands, validity; 0 where invalid
    std::vector<std::vector<float>> planes; ///< 0 where invalid
    std::vector<std::uint8_t> validity;     ///< for planes
    bool empty = true;                      ///< no valid pixel
};

/// Fills the tile. A pixel is valid where its nearest source pixel is, so that edges of valid data stay where they are;
/// its value is a mean weighted by distance and validity, so that missing pixels never darken it. A soft validity
/// (alpha) is interpolated.
TileValues resample(const PixelWindow& window, const TileGrid& grid, const SourceRect& source, Kernel kernel);

} // namespace landfall::raster
