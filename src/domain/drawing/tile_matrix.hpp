#pragma once
/// WebMercatorQuad, the tile matrix set of every tile.

#include "core/result.hpp"

#include <array>
#include <cstdint>

namespace landfall::domain {

inline constexpr std::int64_t kMaxZoom = 24;

/// InvalidArgument unless there is such a tile.
Status check_tile_address(std::int64_t z, std::int64_t x, std::int64_t y);

/// What of a box of degrees (west, south, east, north; west > east across the antimeridian) lies in the matrix, west <=
/// east.
std::array<double, 4> mapped_bounds(const std::array<double, 4>& bbox);

} // namespace landfall::domain
