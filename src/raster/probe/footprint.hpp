#pragma once
/// Outlines on the globe as GeoJSON (RFC 7946): densified, cut at the antimeridian, closed over the poles. No GDAL
/// here.

#include "schema/json.hpp"

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace landfall::raster {

struct Point {
    double x = 0, y = 0;
};

/// Maps a point of a plane (pixels, or the coordinates of a reference system) to longitude and latitude in degrees;
/// nothing where the mapping is undefined. Longitudes may be outside -180..180.
using ToLonLat = std::function<std::optional<Point>(Point)>;

/// An area on the globe: a GeoJSON Polygon or MultiPolygon (outer rings counterclockwise, longitudes within -180..180)
/// and its box west, south, east, north, where west > east means across the antimeridian (RFC 7946 section 5.2).
struct Footprint {
    Json geometry;
    std::array<double, 4> bbox{};
    bool approximate = false; ///< part of the outline has no place on the globe, so a box stands for it
};

/// The footprint of a convex outline (a ring without its closing point, at most a few dozen points) in the plane of
/// `to_lonlat`. Sides get at least 21 points, more where they bend. Nothing if no part of it has a place on the globe.
std::optional<Footprint> trace_footprint(const std::vector<Point>& outline, const ToLonLat& to_lonlat);

/// The footprint of a box in degrees; `west > east` means across the antimeridian.
Footprint box_footprint(const std::array<double, 4>& bbox);

/// Metres on the ground between the images of two nearby points, on the WGS 84 ellipsoid.
double ground_distance(Point lonlat_a, Point lonlat_b);

} // namespace landfall::raster
