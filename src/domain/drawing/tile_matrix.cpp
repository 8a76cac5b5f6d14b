#include "domain/drawing/tile_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {

Status check_tile_address(std::int64_t z, std::int64_t x, std::int64_t y) {
    if (z < 0 || z > kMaxZoom)
        return fail_field("z", fmt::format("z must be between 0 and {}", kMaxZoom));
    const std::int64_t side = std::int64_t{1} << z;
    if (x < 0 || x >= side)
        return fail_field("x", fmt::format("x must be between 0 and {} at zoom {}", side - 1, z));
    if (y < 0 || y >= side)
        return fail_field("y", fmt::format("y must be between 0 and {} at zoom {}", side - 1, z));
    return {};
}

std::array<double, 4> mapped_bounds(const std::array<double, 4>& bbox) {
    constexpr double kEdge = 85.0511287798066; // where Web Mercator's square ends
    const auto& [west, south, east, north] = bbox;
    const bool crosses = west > east;
    return {crosses ? -180 : west, std::clamp(south, -kEdge, kEdge), crosses ? 180 : east,
            std::clamp(north, -kEdge, kEdge)};
}

} // namespace landfall::domain
