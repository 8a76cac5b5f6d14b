#include "raster/probe/globe_plane.hpp"

#include <ogr_spatialref.h>

#include <cmath>
#include <numbers>

namespace landfall::raster {
namespace {

// More than two ways between datums differ by, less than a fold of the map is wide.
constexpr double kMetres = 100;
constexpr double kDegrees = 1e-3;

} // namespace

std::unique_ptr<GlobePlane> GlobePlane::make(const OGRSpatialReference& crs, const Extent& extent) {
    std::unique_ptr<GlobePlane> plane(new GlobePlane());
    plane->to_ = landfall::raster::to_lonlat(crs);
    if (plane->to_ == nullptr)
        return {};
    plane->from_.reset(plane->to_->GetInverse());
    if (plane->from_ == nullptr)
        return {};
    plane->extent_ = extent;
    plane->period_ = world_width(crs);
    if (crs.IsGeographic() != 0) {
        const double degree = std::numbers::pi / 180 / crs.GetAngularUnits();
        plane->pole_ = 90 * degree;
        plane->tolerance_ = kDegrees * degree;
    } else {
        plane->tolerance_ = kMetres / crs.GetLinearUnits();
    }
    return plane;
}

std::optional<Point> GlobePlane::back(Point lonlat, double near_x) const {
    if (from_->Transform(1, &lonlat.x, &lonlat.y) == 0 || !std::isfinite(lonlat.x) || !std::isfinite(lonlat.y))
        return std::nullopt;
    // Halves round to even and a hair less counts, so that both ends of a world map stay where they are.
    if (period_ > 0)
        lonlat.x += period_ * std::nearbyint((near_x - lonlat.x) / period_ * (1 - 1e-9));
    return lonlat;
}

std::optional<Point> GlobePlane::from_lonlat(Point lonlat) const {
    return back(lonlat, extent_.centre_x);
}

std::optional<Point> GlobePlane::to_lonlat(Point at) const {
    if (pole_ > 0 && std::abs(at.y) > pole_ && std::abs(at.y) <= pole_ + extent_.half_cell * (1 + 1e-6))
        at.y = std::copysign(pole_, at.y);
    Point lonlat = at;
    if (to_->Transform(1, &lonlat.x, &lonlat.y) == 0 || !is_place(lonlat))
        return std::nullopt;
    const auto again = back(lonlat, at.x);
    if (!again)
        return std::nullopt;
    // Around the poles of a grid of latitudes longitudes mean less and less.
    const double shrink = pole_ > 0 ? std::cos(at.y / pole_ * std::numbers::pi / 2) : 1;
    if (std::hypot((again->x - at.x) * shrink, again->y - at.y) > tolerance_)
        return std::nullopt;
    return lonlat;
}

} // namespace landfall::raster
