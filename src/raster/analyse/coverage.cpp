#include "raster/analyse/coverage.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

/// Less is the rounding of sums over the whole width.
constexpr double kNothing = 1e-11;

/// Twice the signed area of a closed ring.
double doubled_area(const geo::Ring& ring) {
    double sum = 0;
    for (std::size_t i = 1; i < ring.size(); ++i)
        sum += (ring[i - 1].x - ring[0].x) * (ring[i].y - ring[0].y) -
               (ring[i].x - ring[0].x) * (ring[i - 1].y - ring[0].y);
    return sum;
}

/// The part of an edge within one row and to the right of where the row begins: from (x0, y) to (x1, y + height), in
/// columns from the first of the row.
struct Slope {
    double x0, x1, height, sign;
};

/// Adds what an edge covers to the right of it, as the differences between neighbours; the sum up to a pixel is its
/// fraction. All before the first column counts as if it lay there.
void add_slope(const Slope& slope, std::vector<double>& steps) {
    const double width = static_cast<double>(steps.size() - 1);
    const auto whole = [&](double x, double height) {
        const auto column = static_cast<std::size_t>(x);
        const double share = x - static_cast<double>(column);
        steps[column] += height * (1 - share);
        steps[column + 1] += height * share;
    };
    double left = std::min(slope.x0, slope.x1), right = std::max(slope.x0, slope.x1);
    double height = slope.height * slope.sign;
    if (left >= width)
        return;
    if (right <= 0) {
        steps[0] += height;
        return;
    }
    const double per_column = height / (right - left);
    if (left < 0) {
        steps[0] += right - left > 0 ? -left * per_column : 0;
        height -= -left * per_column;
        left = 0;
    }
    if (right > width) {
        height -= (right - width) * per_column;
        right = width;
    }
    const auto first = static_cast<std::size_t>(left), last = static_cast<std::size_t>(right);
    if (first == last || right - left <= 0)
        return whole((left + right) / 2, height);
    // In each column the mean of where the edge enters and leaves it tells the share to its right.
    for (std::size_t column = first; column <= last && column + 1 < steps.size(); ++column) {
        const double from = std::max(left, static_cast<double>(column));
        const double to = std::min(right, static_cast<double>(column + 1));
        if (to <= from)
            continue;
        const double part = (to - from) * per_column;
        const double share = (from + to) / 2 - static_cast<double>(column);
        steps[column] += part * (1 - share);
        steps[column + 1] += part * share;
    }
}

} // namespace

Coverage::Coverage(const std::vector<geo::Polygon>& polygons) : extent_{HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL} {
    for (const geo::Polygon& polygon : polygons)
        for (std::size_t i = 0; i < polygon.size(); ++i)
            add(polygon[i], (doubled_area(polygon[i]) < 0) == (i == 0) ? -1 : 1);
    std::ranges::sort(edges_, {}, &Edge::y0);
}

void Coverage::add(const geo::Ring& ring, double direction) {
    for (std::size_t i = 1; i < ring.size(); ++i) {
        const geo::Position &a = ring[i - 1], &b = ring[i];
        extent_ = {std::min({extent_.min_x, a.x, b.x}), std::min({extent_.min_y, a.y, b.y}),
                   std::max({extent_.max_x, a.x, b.x}), std::max({extent_.max_y, a.y, b.y})};
        // With y downwards a ring of positive area goes down on its right side: what lies right of that is outside.
        if (a.y < b.y)
            edges_.push_back({a.x, a.y, b.x, b.y, -direction});
        else if (b.y < a.y)
            edges_.push_back({b.x, b.y, a.x, a.y, direction});
    }
}

void Coverage::fill(int row, int first, std::span<double> fractions) {
    const double top = row, bottom = row + 1;
    if (row < row_) {
        next_ = 0;
        crossed_.clear();
    }
    row_ = row;
    while (next_ < edges_.size() && edges_[next_].y0 < bottom)
        crossed_.push_back(next_++);
    std::erase_if(crossed_, [&](std::size_t i) { return edges_[i].y1 <= top; });
    steps_.assign(fractions.size() + 1, 0);
    for (const std::size_t i : crossed_) {
        const Edge& edge = edges_[i];
        const double from = std::max(top, edge.y0), to = std::min(bottom, edge.y1);
        const double slope = (edge.x1 - edge.x0) / (edge.y1 - edge.y0);
        const auto at = [&](double y) {
            return y == edge.y1 ? edge.x1 - first : edge.x0 + (y - edge.y0) * slope - first;
        };
        add_slope({at(from), at(to), to - from, edge.sign}, steps_);
    }
    double sum = 0;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        sum += steps_[i];
        const double covered = std::min(std::abs(sum), 1.0);
        fractions[i] = covered < kNothing ? 0 : (covered > 1 - kNothing ? 1 : covered);
    }
}

} // namespace landfall::raster
