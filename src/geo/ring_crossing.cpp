#include "geo/ring_crossing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace landfall::geo {
namespace {

constexpr std::size_t kMostComparisons = 100'000'000;
constexpr std::size_t kMostEntries = 8'000'000;

struct Edge {
    Position a, b;
};

double turn(const Position& a, const Position& b, const Position& c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// Strictly: with a common point inside both edges that is no end of either.
bool cross(const Edge& one, const Edge& other) {
    if (std::max(one.a.x, one.b.x) < std::min(other.a.x, other.b.x) ||
        std::max(other.a.x, other.b.x) < std::min(one.a.x, one.b.x) ||
        std::max(one.a.y, one.b.y) < std::min(other.a.y, other.b.y) ||
        std::max(other.a.y, other.b.y) < std::min(one.a.y, one.b.y))
        return false;
    const double c = turn(one.a, one.b, other.a), d = turn(one.a, one.b, other.b);
    const double e = turn(other.a, other.b, one.a), f = turn(other.a, other.b, one.b);
    return ((c > 0 && d < 0) || (c < 0 && d > 0)) && ((e > 0 && f < 0) || (e < 0 && f > 0));
}

Position place_of(const Edge& one, const Edge& other) {
    const double c = turn(one.a, one.b, other.a), d = turn(one.a, one.b, other.b);
    const double share = c / (c - d);
    return {other.a.x + (other.b.x - other.a.x) * share, other.a.y + (other.b.y - other.a.y) * share};
}

/// Square cells over the box of all edges, about as many as there are edges.
class EdgeGrid {
public:
    explicit EdgeGrid(std::vector<Edge> edges) : edges_(std::move(edges)) {
        box_ = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
        for (const Edge& edge : edges_)
            for (const Position& p : {edge.a, edge.b})
                box_ = {std::min(box_.west, p.x), std::min(box_.south, p.y), std::max(box_.east, p.x),
                        std::max(box_.north, p.y)};
        side_ =
            std::clamp<std::int64_t>(static_cast<std::int64_t>(std::sqrt(static_cast<double>(edges_.size()))), 1, 1024);
        fill();
    }

    std::optional<Crossing> find() {
        if (overflown_)
            return Crossing{edges_.front().a, true};
        std::sort(entries_.begin(), entries_.end());
        std::size_t compared = 0;
        for (std::size_t begin = 0; begin < entries_.size();) {
            std::size_t end = begin;
            while (end < entries_.size() && entries_[end].first == entries_[begin].first)
                ++end;
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t k = i + 1; k < end; ++k) {
                    const Edge& one = edges_[entries_[i].second];
                    const Edge& other = edges_[entries_[k].second];
                    if (cross(one, other))
                        return Crossing{place_of(one, other)};
                    if (++compared > kMostComparisons)
                        return Crossing{one.a, true};
                }
            begin = end;
        }
        return std::nullopt;
    }

private:
    std::int64_t cell(double value, double low, double high) const {
        const double width = std::max(high - low, 1e-300);
        return std::clamp<std::int64_t>(static_cast<std::int64_t>((value - low) / width * static_cast<double>(side_)),
                                        0, side_ - 1);
    }

    /// Each edge into the cells that its column by column box touches: long slanted ones take few more than they cross.
    void fill() {
        for (std::size_t i = 0; i < edges_.size() && !overflown_; ++i) {
            Position a = edges_[i].a, b = edges_[i].b;
            if (a.x > b.x)
                std::swap(a, b);
            const std::int64_t first = cell(a.x, box_.west, box_.east), last = cell(b.x, box_.west, box_.east);
            for (std::int64_t column = first; column <= last; ++column)
                add_column(i, a, b, column);
        }
    }

    void add_column(std::size_t edge, const Position& a, const Position& b, std::int64_t column) {
        const double width = (box_.east - box_.west) / static_cast<double>(side_);
        const auto y_at = [&](double x) {
            const double share = b.x > a.x ? std::clamp((x - a.x) / (b.x - a.x), 0.0, 1.0) : 0.0;
            return a.y + (b.y - a.y) * share;
        };
        double from = y_at(box_.west + static_cast<double>(column) * width - width * 1e-9);
        double to = y_at(box_.west + static_cast<double>(column + 1) * width + width * 1e-9);
        if (b.x <= a.x) {
            from = a.y;
            to = b.y;
        }
        const std::int64_t low = cell(std::min(from, to), box_.south, box_.north);
        const std::int64_t high = cell(std::max(from, to), box_.south, box_.north);
        for (std::int64_t row = std::max<std::int64_t>(0, low - 1); row <= std::min(side_ - 1, high + 1); ++row)
            entries_.emplace_back(static_cast<std::uint32_t>(row * side_ + column), static_cast<std::uint32_t>(edge));
        overflown_ = overflown_ || entries_.size() > kMostEntries;
    }

    std::vector<Edge> edges_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries_; ///< cell and edge
    Bounds box_;
    std::int64_t side_ = 1;
    bool overflown_ = false;
};

} // namespace

std::optional<Crossing> find_crossing(const Polygon& polygon) {
    std::vector<Edge> edges;
    for (const Ring& ring : polygon)
        for (std::size_t i = 1; i < ring.size(); ++i)
            if (ring[i - 1].x != ring[i].x || ring[i - 1].y != ring[i].y)
                edges.push_back({ring[i - 1], ring[i]});
    return edges.empty() ? std::nullopt : EdgeGrid(std::move(edges)).find();
}

} // namespace landfall::geo
