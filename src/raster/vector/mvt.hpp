#pragma once
/// Mapbox Vector Tiles as bytes. Spec: Mapbox Vector Tile Specification 2.1.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace landfall::raster {

/// Units of a tile's side.
inline constexpr int kMvtExtent = 4096;

enum class MvtType : std::uint8_t { Point = 1, Line = 2, Polygon = 3 };

using MvtValue = std::variant<std::string, double, std::int64_t, bool>;
using MvtPath = std::vector<std::array<int, 2>>; ///< x to the right, y down

/// One geometry of one type. Rings of polygons don't repeat their first point; those around areas run clockwise as
/// seen on a screen, those around holes the other way, each behind the one that it lies in.
struct MvtFeature {
    MvtType type = MvtType::Point;
    std::vector<MvtPath> paths; ///< of points: one with all of them
    std::optional<std::uint64_t> id;
    std::vector<std::pair<std::uint32_t, MvtValue>> tags; ///< number of the key, value
    double weight = 0;                                    ///< how much would be missed: heavier ones stay

    /// About how many bytes it takes.
    std::size_t bytes() const;
};

struct MvtLayer {
    std::string name;
    std::vector<std::string> keys;
    std::vector<MvtFeature> features;
};

/// The tile; layers without features are left out.
std::string encode_mvt(const std::vector<MvtLayer>& layers);

} // namespace landfall::raster
