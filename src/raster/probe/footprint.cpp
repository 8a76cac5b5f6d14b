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
constexpr double kTiny = 1e-9; ///< degrees, 0.1 mm
constexpr int kInnerGrid = 16;

using Ring = std::vector<Point>;

/// Follows the outline of a box and collects its image, with more points where it bends.
class Tracer {
public:
    Tracer(const PlaneBox& plane, const GlobeMapping& mapping, double tolerance)
        : plane_(plane), mapping_(mapping), tolerance_(tolerance) {}

    /// The image of the outline without its closing point; nothing if a point has no place.
    std::optional<std::vector<OutlinePoint>> trace() {
        for (int k = 0; k < 4 * kPiecesPerSide; ++k) {
            const double from = static_cast<double>(k) / kPiecesPerSide;
            const double to = static_cast<double>(k + 1) / kPiecesPerSide;
            if (!piece(from, to))
                return std::nullopt;
        }
        return std::move(outline_);
    }

private:
    std::optional<Point> image(double at) const { return mapping_.to_lonlat(outline_point(plane_, at)); }

    bool piece(double from, double to) {
        const auto start = image(from);
        const auto end = image(to);
        if (!is_place(start) || !is_place(end))
            return false;
        outline_.push_back({from, *start});
        return bend({from, *start}, {to, *end}, kMaxDepth);
    }

    bool bend(const OutlinePoint& from, const OutlinePoint& to, int depth) {
        if (depth == 0 || tolerance_ <= 0)
            return true;
        const double middle = (from.at + to.at) / 2;
        const auto at = image(middle);
        if (!is_place(at))
            return false;
        const double straight = from.image.x + wrap_difference(to.image.x - from.image.x) / 2;
        const double off = std::hypot(wrap_difference(at->x - straight), at->y - (from.image.y + to.image.y) / 2);
        if (off <= tolerance_)
            return true;
        if (!bend(from, {middle, *at}, depth - 1))
            return false;
        outline_.push_back({middle, *at});
        return bend({middle, *at}, to, depth - 1);
    }

    const PlaneBox& plane_;
    const GlobeMapping& mapping_;
    double tolerance_;
    std::vector<OutlinePoint> outline_;
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

bool has_no_area(const Ring& ring) {
    constexpr double kThin = 1e-8; ///< share of the box around it
    const std::array<double, 4> box = box_of(ring);
    return std::abs(signed_area(ring)) <= kThin * (box[2] - box[0]) * (box[3] - box[1]);
}

/// Seven decimals are a centimetre on the ground.
constexpr double kDecimals = 1e7;

double rounded(double degrees) {
    const double value = std::round(degrees * kDecimals) / kDecimals;
    return value == 0 ? 0.0 : value;
}

/// Rounded so that the box does not shrink; `side`: 1 for east and north, -1 for west and south.
double rounded_out(double degrees, double side) {
    constexpr double kNoise = 1e-3; ///< of the last decimal
    const double near = std::round(degrees * kDecimals);
    const bool shrinks = (degrees * kDecimals - near) * side > kNoise;
    return rounded((near + (shrinks ? side : 0.0)) / kDecimals);
}

std::array<double, 4> rounded_out(const std::array<double, 4>& box) {
    return {rounded_out(box[0], -1), rounded_out(box[1], -1), rounded_out(box[2], 1), rounded_out(box[3], 1)};
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

Footprint polygon(const Ring& ring) {
    Footprint out;
    out.bbox = rounded_out(box_of(ring));
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
    const double east = box[2] - turn;
    Footprint out;
    if (east <= 180.0 + kTiny) {
        out.geometry = Json::object({{"type", "Polygon"}, {"coordinates", ring_json(simplify(home))}});
        out.bbox = rounded_out({std::max(box[0] - turn, -180.0), box[1], std::min(east, 180.0), box[3]});
        return out;
    }
    const Ring west_part = simplify(clip(home, 180.0, -1));
    const Ring east_part = simplify(shifted(clip(home, 180.0, 1), -360.0));
    out.geometry = Json::object(
        {{"type", "MultiPolygon"}, {"coordinates", Json::array({ring_json(west_part), ring_json(east_part)})}});
    out.bbox = rounded_out({box[0] - turn, box[1], east - 360.0, box[3]});
    return out;
}

/// A ring that goes around a pole: opened at the antimeridian and closed along the pole's edge of the map.
Footprint close_over_pole(Ring ring, double pole) {
    if (unwrap(ring) < 0) {
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

/// The box of the part of a plane box that has a place on the globe.
std::optional<Footprint> box_around(const PlaneBox& plane, const GlobeMapping& mapping) {
    const auto box = globe_envelope(plane, mapping);
    if (!box)
        return std::nullopt;
    Footprint out = cut(box_ring(*box));
    out.approximate = true;
    return out;
}

bool is_whole_on_globe(const PlaneBox& plane, const GlobeMapping& mapping) {
    for (int i = 1; i < kInnerGrid; ++i)
        for (int k = 1; k < kInnerGrid; ++k)
            if (!is_place(mapping.to_lonlat({plane[0] + (plane[2] - plane[0]) * i / kInnerGrid,
                                             plane[1] + (plane[3] - plane[1]) * k / kInnerGrid})))
                return false;
    return true;
}

std::optional<std::vector<OutlinePoint>> trace_outline(const PlaneBox& plane, const GlobeMapping& mapping) {
    const auto coarse = Tracer(plane, mapping, 0).trace();
    if (!coarse || !is_whole_on_globe(plane, mapping))
        return std::nullopt;
    Ring ring;
    for (const OutlinePoint& point : *coarse)
        ring.push_back(point.image);
    unwrap(ring);
    const std::array<double, 4> extent = box_of(ring);
    const double tolerance = kBend * std::min(180.0, std::max(extent[2] - extent[0], extent[3] - extent[1]));
    auto fine = Tracer(plane, mapping, tolerance).trace();
    if (fine)
        add_extremes(*fine, plane, mapping);
    return fine;
}

/// Makes longitudes continuous so that the ring goes once around (`around`) or not at all. Where it passes close by a
/// pole, its widest step could be taken either way. False if no way fits.
bool unwrap_as(Ring& ring, bool around) {
    const auto goes_around = [&] { return std::abs(unwrap(ring)) > 180.0; };
    if (goes_around() == around)
        return true;
    std::size_t widest = 0;
    const auto step = [&](std::size_t i) { // as it was taken
        return i + 1 < ring.size() ? ring[i + 1].x - ring[i].x : wrap_difference(ring.front().x - ring.back().x);
    };
    for (std::size_t i = 1; i < ring.size(); ++i)
        if (std::abs(step(i)) > std::abs(step(widest)))
            widest = i;
    const Point from = ring[widest];
    const Point to = ring[(widest + 1) % ring.size()];
    const double other_way = step(widest) + (step(widest) > 0 ? -360.0 : 360.0);
    Ring detour;
    for (const double share : {0.25, 0.5, 0.75})
        detour.push_back({from.x + other_way * share, from.y + (to.y - from.y) * share});
    ring.insert(ring.begin() + static_cast<std::ptrdiff_t>(widest + 1), detour.begin(), detour.end());
    return goes_around() == around;
}

} // namespace

std::optional<Footprint> trace_footprint(const PlaneBox& plane, const GlobeMapping& mapping) {
    const auto outline = trace_outline(plane, mapping);
    const bool north = holds_pole(plane, mapping, 90);
    const bool south = holds_pole(plane, mapping, -90);
    if (!outline || (north && south))
        return box_around(plane, mapping);
    Ring ring;
    for (const OutlinePoint& point : *outline)
        ring.push_back(point.image);
    ring = open_poles(ring);
    if (!unwrap_as(ring, north || south))
        return box_around(plane, mapping);
    if (north || south)
        return close_over_pole(std::move(ring), north ? 90.0 : -90.0);
    if (has_no_area(ring)) // the sides of a whole world fall together
        return box_around(plane, mapping);
    return cut(ring);
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
