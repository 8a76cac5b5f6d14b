#pragma once
/// Footprints for searching: the ground an item covers, in longitude and latitude (WGS 84), as a compact binary
/// form that a box or another footprint can be tested against without parsing JSON.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::geo {

/// Degrees; west > east means it crosses the antimeridian. Closed on every side.
struct Bounds {
    double west = 0;
    double south = 0;
    double east = 0;
    double north = 0;
    friend bool operator==(const Bounds&, const Bounds&) = default;
};

/// What of a geometry the search index stores.
struct Footprint {
    enum class Shape {
        None, ///< no geometry: found only where no place is asked for
        Box,  ///< exactly its bounds
        Exact ///< `bytes` holds the outline
    };
    Shape shape = Shape::None;
    std::vector<Bounds> boxes; ///< one; two for what crosses the antimeridian (then neither has west > east)
    std::string bytes;         ///< compact outline: see footprint.cpp

    /// The bounds as GeoJSON has them: west > east for two boxes. Nothing for Shape::None.
    std::optional<Bounds> bounds() const;
};

/// The footprint of a GeoJSON geometry (any type, also GeometryCollection; at most 100 000 positions, nesting 8).
/// A null or empty geometry gives Shape::None. Edges are straight in longitude and latitude. Outlines with
/// longitudes past ±180 or with a west > east `declared` box are read as crossing the antimeridian.
/// InvalidArgument if it is no GeoJSON geometry or latitudes leave ±90.
Result<Footprint> footprint_of(const Json& geometry, const std::optional<Bounds>& declared = std::nullopt);
/// The footprint of a box alone, for items that have a bbox and no geometry.
Footprint footprint_of(const Bounds& box);

/// Whether the outline in `bytes` and the box (not crossing the antimeridian) share a point.
bool footprint_touches(std::string_view bytes, const Bounds& box);
/// Whether two outlines share a point.
bool footprints_touch(std::string_view a, std::string_view b);
/// Well-known binary of the outline for PostGIS, in hexadecimal (SRID 4326 added by the SQL).
std::string footprint_wkb_hex(const Footprint& footprint);

/// The box as one or two boxes that do not cross the antimeridian.
std::vector<Bounds> split_bounds(const Bounds& box);
/// The same boxes, and where they reach the antimeridian on one side only (180 or -180), its other name as a box
/// without width: who lies there touches them.
std::vector<Bounds> with_both_meridians(std::vector<Bounds> boxes);

} // namespace landfall::geo
