#pragma once
/// A PNG writer (ISO/IEC 15948) that trades some size for speed.

#include "raster/draw/encode.hpp"

struct libdeflate_compressor;

namespace landfall::raster {

/// Encodes with one filter a row, None, Sub or Up, whichever leaves the smallest differences. Gray if all pixels are,
/// RGB if all are opaque, else RGBA.
Result<std::string> encode_png(const Picture& picture, libdeflate_compressor& compressor);

} // namespace landfall::raster
