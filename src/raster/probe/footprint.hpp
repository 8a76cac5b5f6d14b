#pragma once
/// Outlines on the globe as GeoJSON (RFC 7946): densified, cut at the antimeridian, closed over the poles. No GDAL
/// here.

#include "raster/probe/envelope.hpp"
#include "schema/json.hpp"

#include <array>
#include <optional>

namespace landfall::raster {

/// An area on the globe: a GeoJSON Polygon or MultiPolygon (outer rings counterclockwise, longitudes within -180..180)
/// and its box west, south, east, north, where west > east means across the antimeridian (RFC 7946 section 5.2).
struct Footprint {
    Json geometry;
    std::array<double, 4> bbox{};
    bool approximate = false; ///< part of the outline has no place on the globe, so a box stands for it
};

/// The footprint of a box of a plane. Its own box holds all that the plane box shows and is at most 1e-6 degrees
/// larger. Sides get at least 21 points, more where they bend. Where part of the plane box lies beyond the edge of the
/// map, a box stands for the rest. Nothing if no part of it has a place on the globe.
std::optional<Footprint> trace_footprint(const PlaneBox& plane, const GlobeMapping& mapping);

/// The footprint of a box in degrees; `west > east` means across the antimeridian.
Footprint box_footprint(const std::array<double, 4>& bbox);

/// Metres on the ground between the images of two nearby points, on the WGS 84 ellipsoid.
double ground_distance(Point lonlat_a, Point lonlat_b);

} // namespace landfall::raster
