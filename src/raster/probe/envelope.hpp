#pragma once
/// Boxes on the globe around what a rectangle of a plane shows, as exact as doubles allow.

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace landfall::raster {

struct Point {
    double x = 0, y = 0;
};

/// A box of a plane (pixels, or the coordinates of a reference system): least x and y, greatest x and y.
using PlaneBox = std::array<double, 4>;

/// The way between a plane and the globe. Both answer nothing where there is no counterpart.
struct GlobeMapping {
    /// Longitude and latitude in degrees of a point of the plane; longitudes may be outside -180..180.
    std::function<std::optional<Point>(Point)> to_lonlat;
    /// Where the plane shows a place; longitudes within -180..180.
    std::function<std::optional<Point>(Point)> from_lonlat;
};

/// Degrees between two longitudes, the shorter way: -180..180.
double wrap_difference(double degrees);
/// Whether a mapping's answer is a place on the globe.
bool is_place(const std::optional<Point>& at);

/// Whether a pole is one point of the plane (not a line, as on a world map), strictly inside the box.
bool holds_pole(const PlaneBox& plane, const GlobeMapping& mapping, double pole);

/// A point of a box's outline: the side it lies on, counted from 0, plus the share of the side, and its image.
struct OutlinePoint {
    double at = 0;
    Point image;
};
/// The corners of a box, in the order of its sides: (0, 0), (1, 0), (1, 1), (0, 1).
std::array<Point, 4> corners_of(const PlaneBox& plane);
/// The point of the plane for OutlinePoint::at.
Point outline_point(const PlaneBox& plane, double at);
/// Adds the points where the outline reaches furthest west, south, east and north between the given ones, which are in
/// the order of the outline and all have a place. Exact to about 1e-9 degrees.
void add_extremes(std::vector<OutlinePoint>& outline, const PlaneBox& plane, const GlobeMapping& mapping);

/// The box around all places that the plane box shows, for a box that reaches beyond the edge of the map: found from
/// the side of the globe, where that edge is no singularity. West is within -180..180, east at most 360 degrees
/// further. At most about 1e-6 degrees too large, and never smaller but by an island narrower than a 64th of the box.
std::optional<std::array<double, 4>> globe_envelope(const PlaneBox& plane, const GlobeMapping& mapping);

} // namespace landfall::raster
