#pragma once
/// A raster whose place is another than its driver reads.

#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"

#include <array>
#include <optional>

namespace landfall::raster {

/// The same raster with the transform (GDAL's order) and the reference system that are given; absent ones stay as they
/// are. Pixels and everything else come from `inner`, which it owns.
DatasetHandle with_place(DatasetHandle inner, const std::optional<std::array<double, 6>>& transform, CrsHandle crs);

} // namespace landfall::raster
