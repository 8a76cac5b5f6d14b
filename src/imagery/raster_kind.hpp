#pragma once
/// What the only band of a raster measures, told by the words around it. Pure, no GDAL.

#include "imagery/facts.hpp"

#include <string_view>

namespace landfall::imagery {

enum class RasterKind {
    Other,
    Elevation, ///< heights or depths: `dem`, `srtm`, `elevation`, …
    Radar,     ///< backscatter that is not in decibels yet: `sar`, `vv`, `sigma0`, …
};

/// By the band's name, description and driver, and the words of the file's name; classes, bytes and rasters of several
/// bands of data are none of them.
RasterKind kind_of(const Facts& facts, std::string_view file_name);

} // namespace landfall::imagery
