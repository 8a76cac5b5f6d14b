#pragma once
/// Pictures as PNG, WebP and JPEG, made for speed. No GDAL here.

#include "core/result.hpp"
#include "imagery/tile_request.hpp"
#include "raster/vocabulary.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace landfall::raster {

/// 8-bit pixels row by row from the upper left: red, green, blue, alpha from the lowest byte up, not premultiplied.
struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint32_t> pixels;
};

/// Encodes pictures; keeps its compressors between calls. One thread at a time.
class Encoder {
public:
    Encoder();
    ~Encoder();

    /// PNG: gray, RGB or RGBA, whatever loses nothing, by a fast filter and deflate level 1. WebP: lossy with lossless
    /// alpha, `quality` 100 wholly lossless. JPEG: transparent pixels over black, 4:2:0 below quality 90.
    /// InvalidArgument if there are no pixels or a side exceeds 16 383.
    Result<std::string> encode(const Picture& picture, TileFormat format, int quality);

    /// The tile without any valid pixel: transparent, black for JPEG. Made once for each size.
    Result<std::string> empty_tile(int size, TileFormat format);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::map<std::pair<int, TileFormat>, std::string> empty_;
};

} // namespace landfall::raster
