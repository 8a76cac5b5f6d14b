#pragma once
/// Edges of areas on their way from longitude and latitude into pixels.

#include "core/result.hpp"
#include "geo/area.hpp"
#include "raster/read/grid.hpp"

#include <array>
#include <memory>

namespace landfall::raster {

/// The part of a polygon within a box of degrees, west <= east. Where it leaves the box its outline goes along the
/// box's sides, there and back where need be, which the even-odd rule does not mind. Empty if nothing is left.
geo::Polygon cut_to_box(const geo::Polygon& polygon, const geo::Bounds& box);

/// Degrees to columns and rows of one grid. One thread at a time.
class ToPixels {
public:
    /// InvalidArgument if the grid has no known reference system, or none of the Earth.
    static Result<ToPixels> make(const Grid& grid);

    /// The ring with as many more positions as its edges need to lie within `tolerance` pixels of where they go.
    /// InvalidArgument if the reference system has no coordinates for a position.
    Result<geo::Ring> ring(const geo::Ring& degrees, double tolerance) const;
    /// Columns once around the world; 0 if x does not repeat.
    double columns_around() const { return columns_around_; }
    /// The longitude at which the grid's columns begin, where x repeats.
    double seam() const { return seam_; }

private:
    Status transform(geo::Ring& positions) const;

    std::shared_ptr<void> transformation_; ///< OGR's, shared by copies
    std::array<double, 6> to_pixel_{};
    double period_ = 0, centre_x_ = 0, columns_around_ = 0, seam_ = -180;
};

} // namespace landfall::raster
