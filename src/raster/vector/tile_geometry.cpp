#include "raster/vector/tile_geometry.hpp"

#include "raster/read/area_edges.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace landfall::raster {
namespace {

constexpr double kLeast = -kMvtBuffer;
constexpr double kMost = kMvtExtent + kMvtBuffer;
constexpr double kTolerance = 1; ///< units: a sixteenth of a pixel of 256

bool is_same(const geo::Position& a, const geo::Position& b) {
    return a.x == b.x && a.y == b.y;
}

bool is_inside(const geo::Position& point) {
    return point.x >= kLeast && point.x <= kMost && point.y >= kLeast && point.y <= kMost;
}

/// What of a segment lies in the tile (Liang and Barsky).
std::optional<std::pair<geo::Position, geo::Position>> clipped(const geo::Position& from, const geo::Position& to) {
    const double dx = to.x - from.x, dy = to.y - from.y;
    double enters = 0, leaves = 1;
    for (const auto& [step, room] : {std::pair(-dx, from.x - kLeast), std::pair(dx, kMost - from.x),
                                     std::pair(-dy, from.y - kLeast), std::pair(dy, kMost - from.y)}) {
        if (step == 0) {
            if (room < 0)
                return std::nullopt;
            continue;
        }
        const double at = room / step;
        if (step < 0)
            enters = std::max(enters, at);
        else
            leaves = std::min(leaves, at);
    }
    if (enters > leaves)
        return std::nullopt;
    return std::pair(geo::Position{from.x + enters * dx, from.y + enters * dy},
                     geo::Position{from.x + leaves * dx, from.y + leaves * dy});
}

double distance(const geo::Position& point, const geo::Position& from, const geo::Position& to) {
    const double dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy;
    const double share =
        length > 0 ? std::clamp(((point.x - from.x) * dx + (point.y - from.y) * dy) / length, 0.0, 1.0) : 0;
    return std::hypot(point.x - from.x - share * dx, point.y - from.y - share * dy);
}

/// Without the points that lie within the tolerance of what is left (Douglas and Peucker).
geo::Ring simplified(const geo::Ring& path) {
    if (path.size() < 3)
        return path;
    std::vector<bool> stays(path.size(), false);
    stays.front() = stays.back() = true;
    std::vector<std::pair<std::size_t, std::size_t>> open{{0, path.size() - 1}};
    while (!open.empty()) {
        const auto [first, last] = open.back();
        open.pop_back();
        double most = kTolerance;
        std::size_t furthest = 0;
        for (std::size_t i = first + 1; i < last; ++i)
            if (const double away = distance(path[i], path[first], path[last]); away > most) {
                most = away;
                furthest = i;
            }
        if (furthest == 0)
            continue;
        stays[furthest] = true;
        open.emplace_back(first, furthest);
        open.emplace_back(furthest, last);
    }
    geo::Ring out;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (stays[i])
            out.push_back(path[i]);
    return out;
}

MvtPath rounded(const geo::Ring& path) {
    MvtPath out;
    for (const geo::Position& point : path) {
        const std::array<int, 2> at{static_cast<int>(std::lround(point.x)), static_cast<int>(std::lround(point.y))};
        if (out.empty() || out.back() != at)
            out.push_back(at);
    }
    return out;
}

/// Twice the area; positive where the ring runs clockwise as seen on a screen.
std::int64_t doubled_area(const MvtPath& ring) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto& from = ring[i];
        const auto& to = ring[(i + 1) % ring.size()];
        sum += std::int64_t{from[0]} * to[1] - std::int64_t{to[0]} * from[1];
    }
    return sum;
}

/// A ring's halves are simplified by themselves, so that its ends are points that count.
geo::Ring simplified_ring(geo::Ring ring) {
    if (ring.size() < 4)
        return ring;
    const auto away = [&](const geo::Position& point) {
        return std::hypot(point.x - ring.front().x, point.y - ring.front().y);
    };
    const auto furthest = std::ranges::max_element(ring, {}, away);
    geo::Ring half(ring.begin(), furthest + 1), rest(furthest, ring.end());
    rest.push_back(ring.front());
    half = simplified(half);
    rest = simplified(rest);
    half.insert(half.end(), rest.begin() + 1, rest.end() - 1);
    return half;
}

} // namespace

MvtPath points_in_tile(const geo::Ring& points) {
    MvtPath out;
    for (const geo::Position& point : points)
        if (is_inside(point))
            out.push_back({static_cast<int>(std::lround(point.x)), static_cast<int>(std::lround(point.y))});
    return out;
}

std::vector<MvtPath> line_in_tile(const geo::Ring& line) {
    std::vector<geo::Ring> pieces;
    for (std::size_t i = 1; i < line.size(); ++i) {
        const auto piece = clipped(line[i - 1], line[i]);
        if (!piece)
            continue;
        const bool goes_on =
            !pieces.empty() && pieces.back().back().x == piece->first.x && pieces.back().back().y == piece->first.y;
        if (!goes_on)
            pieces.push_back({piece->first});
        pieces.back().push_back(piece->second);
    }
    std::vector<MvtPath> out;
    for (const geo::Ring& piece : pieces)
        if (MvtPath path = rounded(simplified(piece)); path.size() > 1)
            out.push_back(std::move(path));
    return out;
}

std::vector<MvtPath> polygon_in_tile(const geo::Polygon& rings) {
    geo::Polygon closed = rings;
    for (geo::Ring& ring : closed)
        if (!ring.empty() && !is_same(ring.front(), ring.back()))
            ring.push_back(ring.front());
    const geo::Polygon parts = cut_to_box(closed, {kLeast, kLeast, kMost, kMost});
    std::vector<MvtPath> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        MvtPath ring = rounded(simplified_ring({parts[i].begin(), parts[i].end() - 1}));
        if (ring.size() > 1 && ring.front() == ring.back())
            ring.pop_back();
        const std::int64_t area = ring.size() < 3 ? 0 : doubled_area(ring);
        if (area == 0 && i == 0)
            return {};
        if (area == 0)
            continue;
        if ((area > 0) != (i == 0))
            std::ranges::reverse(ring);
        out.push_back(std::move(ring));
    }
    return out;
}

double weight_of(MvtType type, const std::vector<MvtPath>& paths) {
    double weight = 0;
    for (const MvtPath& path : paths) {
        if (type == MvtType::Polygon)
            weight += static_cast<double>(doubled_area(path)) / 2;
        else if (type == MvtType::Line)
            for (std::size_t i = 1; i < path.size(); ++i)
                weight += std::hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
    }
    return weight;
}

} // namespace landfall::raster
