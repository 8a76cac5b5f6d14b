#pragma once
/// Pixels as values: what tiles, pictures, clips, exports, points and statistics are made of. An image never goes
/// without its mask and its place. Decision: docs/decisions/0025-one-image.md.

#include "raster/read/grid.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace landfall::raster {

/// The numbers of one plane, row by row from the upper left, in the type in which the file has them; float where they
/// were interpolated or computed.
using Samples =
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint8_t>, std::vector<std::int8_t>,
                 std::vector<std::uint16_t>, std::vector<std::int16_t>, std::vector<std::uint32_t>,
                 std::vector<std::int32_t>, std::vector<std::uint64_t>, std::vector<std::int64_t>>;

/// For each pixel 0 (missing) to 255 (valid, opaque); between them the shades of an alpha band.
using Mask = std::vector<std::uint8_t>;

/// Either `planes` or `packed` is filled; both are empty where the grid does not meet the source.
struct Image {
    Grid grid;
    std::vector<int> bands; ///< 1-based, one for each plane; empty for what an expression made
    std::vector<Samples> planes;
    std::vector<Mask> masks; ///< one for all planes, or one for each: see `mask`
    /// Up to three bands of bytes that become a picture: red, green, blue, validity from the lowest byte up; 0 where
    /// missing. One band: in the lowest byte.
    std::vector<std::uint32_t> packed;
    bool empty = true; ///< no pixel is valid

    const Mask& mask(std::size_t plane) const { return masks.size() == 1 ? masks.front() : masks[plane]; }
    Mask& mask(std::size_t plane) { return masks.size() == 1 ? masks.front() : masks[plane]; }

    /// A plane that is known to be of floats.
    std::vector<float>& floats(std::size_t plane) { return std::get<std::vector<float>>(planes[plane]); }
    const std::vector<float>& floats(std::size_t plane) const { return std::get<std::vector<float>>(planes[plane]); }
};

/// One value as a double. Integers beyond 2^53 are rounded.
inline double value_at(const Samples& plane, std::size_t pixel) {
    return std::visit([pixel](const auto& values) { return static_cast<double>(values[pixel]); }, plane);
}

/// Whether any pixel of it is valid.
bool any_valid(const Mask& mask);

} // namespace landfall::raster
