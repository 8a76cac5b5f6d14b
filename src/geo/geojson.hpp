#pragma once
/// GeoJSON geometries (RFC 7946) as input: checked for form and bounds before anything is computed with them.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <array>
#include <cstddef>

namespace landfall::geo {

/// Longitude and latitude box in degrees, EPSG:4326: west, south, east, north; west > east across the antimeridian.
using Bbox = std::array<double, 4>;

constexpr std::size_t kMaxGeometryVertices = 100'000;

/// The box of a geometry of any of the seven types: longitudes -180..180, latitudes -90..90, finite, rings closed
/// with at least four positions, at most 100 000 positions. A geometry whose parts touch both sides of the
/// antimeridian (180 and -180) gets a box with west > east. InvalidArgument with a sentence otherwise.
Result<Bbox> geometry_bbox(const Json& geometry);

/// Checks a box of four numbers (six: heights are dropped) and returns its horizontal part; InvalidArgument if south
/// is above north or a number is out of range. West may exceed east (antimeridian).
Result<Bbox> parse_bbox(const std::vector<double>& numbers);

/// The box as a Polygon, or a MultiPolygon of two where it crosses the antimeridian. Counter-clockwise rings.
Json bbox_geometry(const Bbox& bbox);

} // namespace landfall::geo
