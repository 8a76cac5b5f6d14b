#include "raster/probe/footprint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace landfall::raster {
namespace {

constexpr int kPiecesPerSide = 20;
constexpr int kMaxDepth = 4;   ///< a piece is halved at most so often
constexpr double kBend = 2e-4; ///< share of the outline's extent by which a piece may be off
constexpr double kPole = 90.0 - 1e-9;
constexpr double kTiny = 1e-9;         ///< degrees, 0.1 mm
constexpr double kLatitudeSlack = 1.0; ///< degrees past a pole that half a coarse pixel may reach
constexpr int kGrid = 64;

using Ring = std::vector<Point>;

double wrap_difference(double degrees) {
    return degrees - 360.0 * std::round(degrees / 360.0);
}

bool is_place(const std::optional<Point>& at) {
    return at && std::isfinite(at->x) && std::isfinite(at->y) && std::abs(at->y) <= 90.0 + kLatitudeSlack &&
           std::abs(at->x) <= 1080.0;
}

Point between(Point a, Point b, double t) {
    return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

/// Follows the outline and collects its image, with more points where it bends.
class Tracer {
public:
    Tracer(const ToLonLat& to_lonlat, double tolerance) : to_lonlat_(to_lonlat), tolerance_(tolerance) {}

    /// The image of the ring without its closing point; nothing if a point has no place.
    std::optional<Ring> trace(const std::vector<Point>& outline) {
        for (std::size_t i = 0; i < outline.size(); ++i) {
            const Point a = outline[i];
            const Point b = outline[(i + 1) % outline.size()];
            for (int k = 0; k < kPiecesPerSide; ++k) {
                const Point from = between(a, b, static_cast<double>(k) / kPiecesPerSide);
                const Point to = between(a, b, static_cast<double>(k + 1) / kPiecesPerSide);
                if (!piece(from, to))
                    return std::nullopt;
            }
        }
        return std::move(ring_);
    }

private:
    bool piece(Point from, Point to) {
        const auto start = to_lonlat_(from);
        const auto end = to_lonlat_(to);
        if (!is_place(start) || !is_place(end))
            return false;
        ring_.push_back(*start);
        return bend(from, *start, to, *end, kMaxDepth);
    }

    bool bend(Point from, Point start, Point to, Point end, int depth) {
        if (depth == 0 || tolerance_ <= 0)
            return true;
        const Point middle = between(from, to, 0.5);
        const auto image = to_lonlat_(middle);
        if (!is_place(image))
            return false;
        const double straight = start.x + wrap_difference(end.x - start.x) / 2;
        const double off = std::hypot(wrap_difference(image->x - straight), image->y - (start.y + end.y) / 2);
        if (off <= tolerance_)
            return true;
        if (!bend(from, start, middle, *image, depth - 1))
            return false;
        ring_.push_back(*image);
        return bend(middle, *image, to, end, depth - 1);
    }

    const ToLonLat& to_lonlat_;
    double tolerance_;
    Ring ring_;
};

/// Splits points at a pole, whose longitude means nothing, into the meridians that lead to it and away.
Ring open_poles(const Ring& ring) {
    Ring out;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point at = {ring[i].x, std::clamp(ring[i].y, -90.0, 90.0)};
        const Point before = ring[(i + ring.size() - 1) % ring.size()];
        const Point after = ring[(i + 1) % ring.size()];
        const bool lone = std::abs(at.y) >= kPole && std::abs(before.y) < kPole && std::abs(after.y) < kPole;
        if (lone) {
            out.push_back({before.x, at.y});
            out.push_back({after.x, at.y});
        } else {
            out.push_back(at);
        }
    }
    return out;
}

/// Makes longitudes continuous along the ring; returns by how much the closing point differs from the first.
double unwrap(Ring& ring) {
    const double first = ring.front().x;
    for (std::size_t i = 1; i < ring.size(); ++i)
        ring[i].x = ring[i - 1].x + wrap_difference(ring[i].x - ring[i - 1].x);
    return ring.back().x + wrap_difference(first - ring.back().x) - first;
}

/// Leaves out points that lie on the straight line between their neighbours.
Ring simplify(const Ring& ring) {
    Ring out;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = out.empty() ? ring.back() : out.back();
        const Point b = ring[i];
        const Point c = ring[(i + 1) % ring.size()];
        const double length = std::hypot(c.x - a.x, c.y - a.y);
        const double area = std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
        const bool inside = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) >= 0;
        if (length > 0 && inside && area <= kTiny * length)
            continue;
        out.push_back(b);
    }
    return out.size() < 3 ? ring : out;
}

/// Keeps the part of a ring on one side of a meridian (Sutherland-Hodgman).
Ring clip(const Ring& ring, double meridian, double side) {
    Ring out;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i];
        const Point b = ring[(i + 1) % ring.size()];
        const double da = (a.x - meridian) * side;
        const double db = (b.x - meridian) * side;
        if (da >= 0)
            out.push_back(a);
        if ((da > 0 && db < 0) || (da < 0 && db > 0))
            out.push_back({meridian, a.y + (b.y - a.y) * da / (da - db)});
    }
    return out;
}

double signed_area(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i];
        const Point b = ring[(i + 1) % ring.size()];
        sum += (a.x - ring[0].x) * (b.y - ring[0].y) - (b.x - ring[0].x) * (a.y - ring[0].y);
    }
    return sum / 2;
}

/// Seven decimals are a centimetre on the ground.
double rounded(double degrees) {
    const double value = std::round(degrees * 1e7) / 1e7;
    return value == 0 ? 0.0 : value;
}

Json ring_json(Ring ring) {
    if (signed_area(ring) < 0)
        std::reverse(ring.begin(), ring.end());
    Json coordinates = Json::array();
    for (std::size_t i = 0; i <= ring.size(); ++i) {
        const Point at = ring[i % ring.size()];
        coordinates.push(Json::array({rounded(std::clamp(at.x, -180.0, 180.0)), rounded(at.y)}));
    }
    return Json::array({std::move(coordinates)});
}

std::array<double, 4> box_of(const Ring& ring) {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    std::array<double, 4> box = {kFar, kFar, -kFar, -kFar};
    for (const Point at : ring) {
        box[0] = std::min(box[0], at.x);
        box[1] = std::min(box[1], at.y);
        box[2] = std::max(box[2], at.x);
        box[3] = std::max(box[3], at.y);
    }
    return box;
}

Footprint polygon(const Ring& ring) {
    Footprint out;
    out.bbox = box_of(ring);
    for (double& edge : out.bbox)
        edge = rounded(edge);
    out.geometry = Json::object({{"type", "Polygon"}, {"coordinates", ring_json(ring)}});
    return out;
}

Ring box_ring(const std::array<double, 4>& box) {
    return {{box[0], box[1]}, {box[2], box[1]}, {box[2], box[3]}, {box[0], box[3]}};
}

Ring shifted(Ring ring, double by) {
    for (Point& at : ring)
        at.x += by;
    return ring;
}

/// A simple ring with continuous longitudes, brought into -180..180 and cut there.
Footprint cut(const Ring& ring) {
    const std::array<double, 4> box = box_of(ring);
    if (box[2] - box[0] >= 360.0 - 1e-6)
        return polygon(box_ring({-180, box[1], 180, box[3]}));
    const double turn = 360.0 * std::floor((box[0] + 180.0 + kTiny) / 360.0);
    const Ring home = shifted(ring, -turn);
    if (box[2] - turn <= 180.0 + kTiny)
        return polygon(home);
    const Ring west_part = clip(home, 180.0, -1);
    const Ring east_part = shifted(clip(home, 180.0, 1), -360.0);
    const std::array<double, 4> west_box = box_of(west_part);
    const std::array<double, 4> east_box = box_of(east_part);
    Footprint out;
    out.geometry = Json::object(
        {{"type", "MultiPolygon"}, {"coordinates", Json::array({ring_json(west_part), ring_json(east_part)})}});
    out.bbox = {rounded(west_box[0]), rounded(box[1]), rounded(east_box[2]), rounded(box[3])};
    return out;
}

/// A ring that goes around a pole: opened at the antimeridian and closed along the pole's edge of the map.
Footprint close_over_pole(Ring ring, double winding, double pole) {
    if (winding < 0) {
        std::reverse(ring.begin(), ring.end());
        unwrap(ring);
    }
    // Start at the first point past the antimeridian, so that the path runs from -180 to 180.
    std::size_t first = 0;
    const double cut_at = 180.0 + 360.0 * std::floor((ring.front().x + 180.0) / 360.0);
    while (first < ring.size() && ring[first].x < cut_at)
        ++first;
    std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(first % ring.size()), ring.end());
    unwrap(ring);
    ring = shifted(ring, -360.0 * std::floor((ring.front().x + kTiny + 180.0) / 360.0));
    const Point last = {ring.back().x - 360.0, ring.back().y};
    const double span = ring.front().x - last.x;
    const double t = span > 0 ? (-180.0 - last.x) / span : 0;
    const double latitude = last.y + (ring.front().y - last.y) * std::clamp(t, 0.0, 1.0);
    Ring path = {{-180.0, latitude}};
    for (const Point at : ring)
        path.push_back({std::clamp(at.x, -180.0, 180.0), at.y});
    path.push_back({180.0, latitude});
    path.push_back({180.0, pole});
    path.push_back({-180.0, pole});
    Footprint out = polygon(path);
    out.bbox[0] = -180;
    out.bbox[2] = 180;
    return out;
}

/// Whether the plane's inside contains the north pole rather than the south one: by the nearest inner sample.
double enclosed_pole(const std::vector<Point>& outline, const ToLonLat& to_lonlat) {
    const std::array<Point, 2> corners = {outline.front(), outline[outline.size() / 2]};
    double north = 90;
    double south = 90;
    for (int i = 0; i <= kGrid; ++i) {
        for (int k = 0; k <= kGrid; ++k) {
            const Point at = {corners[0].x + (corners[1].x - corners[0].x) * i / kGrid,
                              corners[0].y + (corners[1].y - corners[0].y) * k / kGrid};
            const auto image = to_lonlat(at);
            if (!is_place(image))
                continue;
            north = std::min(north, 90.0 - image->y);
            south = std::min(south, 90.0 + image->y);
        }
    }
    return north <= south ? 90.0 : -90.0;
}

/// The box of the part of a plane figure that has a place on the globe; its longitudes leave out the widest gap.
std::optional<Footprint> sampled_box(const std::vector<Point>& outline, const ToLonLat& to_lonlat) {
    const std::array<double, 4> plane = box_of(outline);
    std::vector<double> longitudes;
    double south = 90;
    double north = -90;
    for (int i = 0; i <= kGrid; ++i) {
        for (int k = 0; k <= kGrid; ++k) {
            const auto image =
                to_lonlat({plane[0] + (plane[2] - plane[0]) * i / kGrid, plane[1] + (plane[3] - plane[1]) * k / kGrid});
            if (!is_place(image))
                continue;
            longitudes.push_back(wrap_difference(image->x));
            south = std::clamp(image->y, -90.0, south);
            north = std::clamp(image->y, north, 90.0);
        }
    }
    if (longitudes.size() < 3 || south >= north)
        return std::nullopt;
    std::sort(longitudes.begin(), longitudes.end());
    double west = longitudes.front();
    double gap = longitudes.front() + 360.0 - longitudes.back();
    for (std::size_t i = 1; i < longitudes.size(); ++i) {
        if (longitudes[i] - longitudes[i - 1] > gap) {
            gap = longitudes[i] - longitudes[i - 1];
            west = longitudes[i];
        }
    }
    // A gap of a few samples is the grid's own.
    const double width = gap < 20.0 ? 360.0 : 360.0 - gap;
    if (width <= 0)
        return std::nullopt;
    Footprint out = cut(box_ring({west, south, west + width, north}));
    out.approximate = true;
    return out;
}

} // namespace

std::optional<Footprint> trace_footprint(const std::vector<Point>& outline, const ToLonLat& to_lonlat) {
    if (outline.size() < 3)
        return std::nullopt;
    std::optional<Ring> coarse = Tracer(to_lonlat, 0).trace(outline);
    if (!coarse)
        return sampled_box(outline, to_lonlat);
    unwrap(*coarse);
    const std::array<double, 4> extent = box_of(*coarse);
    const double tolerance = kBend * std::min(180.0, std::max(extent[2] - extent[0], extent[3] - extent[1]));
    std::optional<Ring> fine = Tracer(to_lonlat, tolerance).trace(outline);
    if (!fine)
        return sampled_box(outline, to_lonlat);
    Ring ring = open_poles(*fine);
    const double winding = unwrap(ring);
    if (std::abs(winding) > 180.0)
        return close_over_pole(std::move(ring), winding, enclosed_pole(outline, to_lonlat));
    if (std::abs(signed_area(ring)) <= 0)
        return std::nullopt;
    return cut(simplify(ring));
}

Footprint box_footprint(const std::array<double, 4>& bbox) {
    const double east = bbox[0] > bbox[2] ? bbox[2] + 360.0 : bbox[2];
    return cut(box_ring({bbox[0], bbox[1], east, bbox[3]}));
}

double ground_distance(Point lonlat_a, Point lonlat_b) {
    constexpr double kSemiMajor = 6378137.0;
    constexpr double kEccentricity2 = 6.69437999014e-3;
    constexpr double kRadians = std::numbers::pi / 180.0;
    const double latitude = (lonlat_a.y + lonlat_b.y) / 2 * kRadians;
    const double w2 = 1 - kEccentricity2 * std::sin(latitude) * std::sin(latitude);
    const double prime_vertical = kSemiMajor / std::sqrt(w2);
    const double meridian = kSemiMajor * (1 - kEccentricity2) / (w2 * std::sqrt(w2));
    const double east = wrap_difference(lonlat_b.x - lonlat_a.x) * kRadians * prime_vertical * std::cos(latitude);
    const double north = (lonlat_b.y - lonlat_a.y) * kRadians * meridian;
    return std::hypot(east, north);
}

} // namespace landfall::raster
