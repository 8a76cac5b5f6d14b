#pragma once
/// Instants as netCDF files write them: a number and the moment that it counts from (CF conventions 4.4). No GDAL here.

#include <optional>
#include <string>
#include <string_view>

namespace landfall::raster {

/// `1999-01-16`, with `T12:00` where it is not midnight, of `18277.5` in `days since 1949-01-01`. Nothing where unit,
/// moment or calendar are none that can be told.
std::optional<std::string> cf_time(std::string_view value, std::string_view units, std::string_view calendar);

} // namespace landfall::raster
