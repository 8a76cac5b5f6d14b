#pragma once
/// The plane of a coordinate reference system and the globe: both ways, and only where they agree.

#include "raster/open/crs.hpp"
#include "raster/probe/envelope.hpp"

#include <memory>
#include <optional>

namespace landfall::raster {

class GlobePlane {
public:
    /// What is known of the figure on the plane, in the system's units.
    struct Extent {
        double centre_x = 0;
        double half_cell = 0; ///< so far a grid of latitudes may reach beyond a pole: its cells are centred on it
    };
    /// Empty if there is no way from the system to the globe.
    static std::unique_ptr<GlobePlane> make(const OGRSpatialReference& crs, const Extent& extent);

    /// Longitude and latitude (WGS 84, degrees) of a point. Nothing beyond the edge of the map: where the place that a
    /// projection names lies elsewhere on the plane.
    std::optional<Point> to_lonlat(Point at) const;
    /// The point that shows a place, nearest to the extent's centre where the plane repeats.
    std::optional<Point> from_lonlat(Point lonlat) const;

private:
    GlobePlane() = default;
    std::optional<Point> back(Point lonlat, double near_x) const;

    TransformationHandle to_, from_;
    Extent extent_;
    double period_ = 0;    ///< of x; 0: does not repeat
    double pole_ = 0;      ///< where y is latitude: 90 degrees in its units, else 0
    double tolerance_ = 0; ///< by which a place may lie off on the plane
};

} // namespace landfall::raster
