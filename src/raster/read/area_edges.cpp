#include "raster/read/area_edges.hpp"

#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"

#include <gdal.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace landfall::raster {
namespace {

constexpr double kLongestEdge = 1; ///< degrees, to begin with: a bend may come back to the middle of a longer one
constexpr int kDeepest = 24;
constexpr std::size_t kMostPositions = 4'000'000;

/// Sutherland and Hodgman: keeps what lies on one side of a line. `inside` tells of a position, `meet` where the line
/// is crossed.
template<typename Inside, typename Meet>
geo::Ring cut_side(const geo::Ring& ring, const Inside& inside, const Meet& meet) {
    geo::Ring out;
    for (std::size_t i = 1; i < ring.size(); ++i) {
        const geo::Position &from = ring[i - 1], &to = ring[i];
        if (inside(to)) {
            if (!inside(from))
                out.push_back(meet(from, to));
            out.push_back(to);
        } else if (inside(from)) {
            out.push_back(meet(from, to));
        }
    }
    if (!out.empty())
        out.push_back(out.front());
    return out;
}

geo::Ring cut_ring(geo::Ring ring, const geo::Bounds& box) {
    const auto at_x = [](double x) {
        return [x](const geo::Position& a, const geo::Position& b) {
            return geo::Position{x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)};
        };
    };
    const auto at_y = [](double y) {
        return [y](const geo::Position& a, const geo::Position& b) {
            return geo::Position{a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y};
        };
    };
    ring = cut_side(ring, [&](const geo::Position& p) { return p.x >= box.west; }, at_x(box.west));
    ring = cut_side(ring, [&](const geo::Position& p) { return p.x <= box.east; }, at_x(box.east));
    ring = cut_side(ring, [&](const geo::Position& p) { return p.y >= box.south; }, at_y(box.south));
    return cut_side(ring, [&](const geo::Position& p) { return p.y <= box.north; }, at_y(box.north));
}

geo::Position middle(const geo::Position& a, const geo::Position& b) {
    return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

geo::Ring with_short_edges(const geo::Ring& ring) {
    geo::Ring out{ring.front()};
    for (std::size_t i = 1; i < ring.size(); ++i) {
        const geo::Position &from = ring[i - 1], &to = ring[i];
        const double longest = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y));
        const int pieces = std::max(1, static_cast<int>(std::ceil(longest / kLongestEdge)));
        for (int piece = 1; piece < pieces; ++piece) {
            const double share = static_cast<double>(piece) / pieces;
            out.push_back({from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share});
        }
        out.push_back(to);
    }
    return out;
}

} // namespace

geo::Polygon cut_to_box(const geo::Polygon& polygon, const geo::Bounds& box) {
    geo::Polygon out;
    for (const geo::Ring& ring : polygon) {
        geo::Ring part = cut_ring(ring, box);
        if (part.size() >= 4)
            out.push_back(std::move(part));
        else if (out.empty())
            return {}; // nothing is left of the shell
    }
    return out;
}

Result<ToPixels> ToPixels::make(const Grid& grid) {
    const QuietErrors quiet;
    const CrsHandle crs = crs_from_text(grid.crs);
    if (!crs)
        return fail_field("crs", "The coordinate reference system is none that is known; crs.search finds its code.");
    ToPixels made;
    const CrsHandle from = wgs84();
    std::shared_ptr<OGRCoordinateTransformation> transformation(
        OGRCreateCoordinateTransformation(from.get(), crs.get()), CrsDeleter());
    std::array<double, 6> forward = grid.transform;
    if (!transformation || !GDALInvGeoTransform(forward.data(), made.to_pixel_.data()))
        return fail(Code::InvalidArgument, "The raster's reference system can't be related to longitude and latitude, "
                                           "so no area can be found in it.");
    made.transformation_ = transformation;
    made.period_ = world_width(*crs);
    made.centre_x_ = grid.x_of(grid.width / 2.0, grid.height / 2.0);
    made.columns_around_ = std::abs(made.period_ * made.to_pixel_[1]);
    if (made.period_ > 0) {
        const TransformationHandle back = to_lonlat(*crs);
        double x = grid.x_of(0, grid.height / 2.0), y = grid.y_of(0, grid.height / 2.0);
        if (back && back->Transform(1, &x, &y) != 0 && std::isfinite(x))
            made.seam_ = x;
    }
    return made;
}

Status ToPixels::transform(geo::Ring& positions) const {
    std::vector<double> x(positions.size()), y(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
        x[i] = positions[i].x;
        y[i] = positions[i].y;
    }
    const QuietErrors quiet;
    std::vector<int> good(positions.size(), 0);
    auto& transformation = *static_cast<OGRCoordinateTransformation*>(transformation_.get());
    transformation.Transform(static_cast<int>(positions.size()), x.data(), y.data(), nullptr, good.data());
    for (std::size_t i = 0; i < positions.size(); ++i) {
        if (good[i] == 0 || !std::isfinite(x[i]) || !std::isfinite(y[i]))
            return fail(Code::InvalidArgument, "The area reaches beyond the ground for which the raster's reference "
                                               "system has coordinates. Make it smaller.");
        if (period_ > 0)
            x[i] += period_ * std::nearbyint((centre_x_ - x[i]) / period_ * (1 - 1e-9));
        positions[i] = {to_pixel_[0] + to_pixel_[1] * x[i] + to_pixel_[2] * y[i],
                        to_pixel_[3] + to_pixel_[4] * x[i] + to_pixel_[5] * y[i]};
    }
    return {};
}

Result<geo::Ring> ToPixels::ring(const geo::Ring& degrees, double tolerance) const {
    geo::Ring ground = with_short_edges(degrees), pixels = ground;
    CHECK_OK(transform(pixels));
    std::vector<bool> settled(ground.size(), false); // of the edge that ends there
    for (int depth = 0; depth < kDeepest; ++depth) {
        geo::Ring middles;
        std::vector<std::size_t> of;
        for (std::size_t i = 1; i < ground.size(); ++i)
            if (!settled[i]) {
                middles.push_back(middle(ground[i - 1], ground[i]));
                of.push_back(i);
            }
        if (middles.empty() || ground.size() + middles.size() > kMostPositions)
            break;
        geo::Ring exact = middles;
        CHECK_OK(transform(exact));
        geo::Ring next_ground{ground.front()}, next_pixels{pixels.front()};
        std::vector<bool> next_settled{true};
        std::size_t at = 0;
        for (std::size_t i = 1; i < ground.size(); ++i) {
            bool done = true;
            if (at < of.size() && of[at] == i) {
                const geo::Position straight = middle(pixels[i - 1], pixels[i]);
                done = std::hypot(exact[at].x - straight.x, exact[at].y - straight.y) <= tolerance;
                if (!done) {
                    next_ground.push_back(middles[at]);
                    next_pixels.push_back(exact[at]);
                    next_settled.push_back(false);
                }
                ++at;
            }
            next_ground.push_back(ground[i]);
            next_pixels.push_back(pixels[i]);
            next_settled.push_back(done);
        }
        ground = std::move(next_ground);
        pixels = std::move(next_pixels);
        settled = std::move(next_settled);
    }
    return pixels;
}

} // namespace landfall::raster
