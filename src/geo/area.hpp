#pragma once
/// An area of interest: polygons in longitude and latitude as callers send them.

#include "core/result.hpp"
#include "geo/outline.hpp"
#include "schema/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::geo {

/// Closed: the last position equals the first.
using Ring = std::vector<Position>;
/// The shell, then its holes.
using Polygon = std::vector<Ring>;

/// Polygons of degrees, WGS 84. Longitudes run on beyond ±180 where they came so: 177 to 181.6 crosses the
/// antimeridian.
struct Area {
    std::vector<Polygon> polygons;

    /// West <= east.
    Bounds bounds() const;
    /// As `footprints_touch` takes it: packed, its west between -180 and 180.
    std::string outline() const;
};

/// The most positions of an area, and of one that `footprints_touch` is asked about.
inline constexpr std::size_t kMaxAreaVertices = 300'000;

/// Reads a GeoJSON Polygon or MultiPolygon. InvalidArgument that names `field` for anything else, for rings that are
/// not closed or cross themselves or each other, for polygons without any area, latitudes beyond ±90, longitudes beyond
/// ±540, more than once around the world, and too many positions.
Result<Area> parse_area(const Json& geometry, std::string_view field);

/// The area that is meant by a box: west > east across the antimeridian.
Area area_of(const Bounds& box);

} // namespace landfall::geo
