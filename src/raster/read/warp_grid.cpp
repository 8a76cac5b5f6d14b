#include "raster/read/warp_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace landfall::raster {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
struct Point {
    double x = kNone, y = kNone;
    bool known() const { return std::isfinite(x) && std::isfinite(y); }
};

Point middle(const Point& a, const Point& b) {
    return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}
double distance(const Point& a, const Point& b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

/// Corners in reading order, in pixels from the upper left corner of the target.
struct Patch {
    int x, y, width, height;
    std::array<Point, 4> corners;
};

class GridBuilder {
public:
    GridBuilder(const SourceMapping* mapping, const Grid& target, double width, double height)
        : mapping_(mapping), target_(target), width_(width), height_(height) {
        grid_.width = target.width;
        grid_.height = target.height;
    }

    WarpGrid build() {
        lattice();
        if (!smooth())
            refine_all();
        measure();
        return std::move(grid_);
    }

private:
    std::vector<Point> exact(const std::vector<Point>& target_points) const {
        std::vector<double> x(target_points.size()), y(target_points.size());
        for (std::size_t i = 0; i < target_points.size(); ++i) {
            x[i] = target_.x_of(target_points[i].x, target_points[i].y);
            y[i] = target_.y_of(target_points[i].x, target_points[i].y);
        }
        if (mapping_ != nullptr)
            mapping_->to_pixels(x, y);
        std::vector<Point> result(target_points.size());
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = {x[i], y[i]};
        return result;
    }

    /// Narrower where much of the world is to be seen, on which projections bend.
    int step() const {
        constexpr double kMuch = 0.125;
        const double world = mapping_ != nullptr ? mapping_->world_width() : 0;
        const double across = std::abs(target_.transform[1]) * target_.width;
        return world > 0 && across >= world * kMuch * (1 - 1e-9) ? 8 : 16;
    }

    void lattice() {
        const int step = this->step();
        columns_ = (target_.width + step - 1) / step;
        rows_ = (target_.height + step - 1) / step;
        std::vector<Point> wanted;
        for (int row = 0; row <= rows_; ++row)
            for (int column = 0; column <= columns_; ++column)
                wanted.push_back({static_cast<double>(std::min(column * step, target_.width)),
                                  static_cast<double>(std::min(row * step, target_.height))});
        points_ = exact(wanted);
        for (int row = 0; row < rows_; ++row)
            for (int column = 0; column < columns_; ++column) {
                const int x = column * step, y = row * step;
                patches_.push_back(
                    {x,
                     y,
                     std::min(step, target_.width - x),
                     std::min(step, target_.height - y),
                     {at(column, row), at(column + 1, row), at(column, row + 1), at(column + 1, row + 1)}});
            }
    }

    const Point& at(int column, int row) const {
        return points_[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_ + 1) +
                       static_cast<std::size_t>(column)];
    }

    /// Whether already twice as large cells would be good enough: true for nearly every tile that is not far zoomed
    /// out, and spares all further exact points.
    bool smooth() {
        const int twice = 2 * step();
        if (target_.width % twice != 0 || target_.height % twice != 0)
            return false;
        for (const Point& point : points_)
            if (!point.known())
                return false;
        for (int row = 0; row < rows_; row += 2)
            for (int column = 0; column < columns_; column += 2) {
                const std::array<Point, 4> corners = {at(column, row), at(column + 2, row), at(column, row + 2),
                                                      at(column + 2, row + 2)};
                const std::array<Point, 5> middles = {at(column + 1, row), at(column, row + 1), at(column + 1, row + 1),
                                                      at(column + 2, row + 1), at(column + 1, row + 2)};
                if (!fits(corners, middles, 32, 32))
                    return false;
            }
        for (const Patch& patch : patches_)
            if (touches(patch.corners))
                keep(patch);
        return true;
    }

    /// `middles`: upper, left, centre, right, lower.
    bool fits(const std::array<Point, 4>& corners, const std::array<Point, 5>& middles, int width, int height) const {
        const double across = std::min(distance(corners[0], corners[1]), distance(corners[2], corners[3])) / width;
        const double down = std::min(distance(corners[0], corners[2]), distance(corners[1], corners[3])) / height;
        const double allowed = kGridTolerance / 2 * std::min(across, down);
        return distance(middles[0], middle(corners[0], corners[1])) <= allowed &&
               distance(middles[1], middle(corners[0], corners[2])) <= allowed &&
               distance(middles[2], middle(middle(corners[0], corners[3]), middle(corners[1], corners[2]))) <=
                   allowed &&
               distance(middles[3], middle(corners[1], corners[3])) <= allowed &&
               distance(middles[4], middle(corners[2], corners[3])) <= allowed;
    }

    /// Whether a curved patch with these points may reach into the source.
    template<std::size_t N>
    bool touches(const std::array<Point, N>& points) const {
        double min_x = points[0].x, max_x = min_x, min_y = points[0].y, max_y = min_y;
        for (const Point& point : points) {
            min_x = std::min(min_x, point.x);
            max_x = std::max(max_x, point.x);
            min_y = std::min(min_y, point.y);
            max_y = std::max(max_y, point.y);
        }
        const double margin = 0.5 * std::max(max_x - min_x, max_y - min_y) + 1;
        return max_x + margin >= 0 && min_x - margin <= width_ && max_y + margin >= 0 && min_y - margin <= height_;
    }

    void refine_all() {
        while (!patches_.empty()) {
            std::vector<Point> wanted;
            for (const Patch& patch : patches_) {
                const double x0 = patch.x, y0 = patch.y, x1 = x0 + patch.width, y1 = y0 + patch.height;
                const double xm = split(patch.x, patch.width), ym = split(patch.y, patch.height);
                for (const Point& point : {Point{xm, y0}, Point{x0, ym}, Point{xm, ym}, Point{x1, ym}, Point{xm, y1}})
                    wanted.push_back(point);
            }
            const std::vector<Point> found = exact(wanted);
            std::vector<Patch> next;
            for (std::size_t i = 0; i < patches_.size(); ++i)
                refine(patches_[i],
                       {found[i * 5], found[i * 5 + 1], found[i * 5 + 2], found[i * 5 + 3], found[i * 5 + 4]}, next);
            patches_ = std::move(next);
        }
    }

    static double split(int start, int length) {
        const int half = length / 2;
        return half > 0 ? start + half : start + 0.5;
    }

    void refine(const Patch& patch, const std::array<Point, 5>& middles, std::vector<Patch>& next) {
        std::array<Point, 9> all{};
        std::copy(patch.corners.begin(), patch.corners.end(), all.begin());
        std::copy(middles.begin(), middles.end(), all.begin() + 4);
        const auto known = std::count_if(all.begin(), all.end(), [](const Point& point) { return point.known(); });
        if (known == 0 || (known == 9 && !touches(all)))
            return;
        const bool even = patch.width % 2 == 0 && patch.height % 2 == 0;
        if (known == 9 && even && fits(patch.corners, middles, patch.width, patch.height))
            return keep(patch);
        if (patch.width <= 1 && patch.height <= 1) {
            if (middles[2].known())
                keep({patch.x, patch.y, 1, 1, {middles[2], middles[2], middles[2], middles[2]}});
            return;
        }
        const int w = std::max(1, patch.width / 2), h = std::max(1, patch.height / 2);
        const bool wide = patch.width > 1, high = patch.height > 1;
        const auto& [nw, ne, sw, se] = patch.corners;
        const auto& [n, west, centre, east, s] = middles;
        if (wide && high) {
            next.push_back({patch.x, patch.y, w, h, {nw, n, west, centre}});
            next.push_back({patch.x + w, patch.y, patch.width - w, h, {n, ne, centre, east}});
            next.push_back({patch.x, patch.y + h, w, patch.height - h, {west, centre, sw, s}});
            next.push_back({patch.x + w, patch.y + h, patch.width - w, patch.height - h, {centre, east, s, se}});
        } else if (wide) {
            next.push_back({patch.x, patch.y, w, 1, {nw, n, sw, s}});
            next.push_back({patch.x + w, patch.y, patch.width - w, 1, {n, ne, s, se}});
        } else {
            next.push_back({patch.x, patch.y, 1, h, {nw, ne, west, east}});
            next.push_back({patch.x, patch.y + h, 1, patch.height - h, {west, east, sw, se}});
        }
    }

    void keep(const Patch& patch) {
        GridCell cell{patch.x, patch.y, patch.width, patch.height, {}, {}};
        for (std::size_t i = 0; i < 4; ++i) {
            cell.source_x[i] = patch.corners[i].x;
            cell.source_y[i] = patch.corners[i].y;
        }
        grid_.cells.push_back(cell);
    }

    void measure() {
        grid_.min_x = width_;
        grid_.min_y = height_;
        grid_.max_x = grid_.max_y = 0;
        double finest = std::numeric_limits<double>::infinity();
        for (const GridCell& cell : grid_.cells) {
            const auto [low_x, high_x] = std::minmax_element(cell.source_x.begin(), cell.source_x.end());
            const auto [low_y, high_y] = std::minmax_element(cell.source_y.begin(), cell.source_y.end());
            if (*high_x < 0 || *low_x > width_ || *high_y < 0 || *low_y > height_)
                continue;
            grid_.min_x = std::min(grid_.min_x, std::max(*low_x, 0.0));
            grid_.min_y = std::min(grid_.min_y, std::max(*low_y, 0.0));
            grid_.max_x = std::max(grid_.max_x, std::min(*high_x, width_));
            grid_.max_y = std::max(grid_.max_y, std::min(*high_y, height_));
            const double across = std::hypot(cell.source_x[1] - cell.source_x[0], cell.source_y[1] - cell.source_y[0]);
            const double down = std::hypot(cell.source_x[2] - cell.source_x[0], cell.source_y[2] - cell.source_y[0]);
            const double scale = std::sqrt(across / cell.width * down / cell.height);
            if (scale > 0)
                finest = std::min(finest, scale);
        }
        grid_.scale = std::isfinite(finest) ? finest : exact_scale();
    }

    /// Of a grid made of single exact pixels only: from the spread over all of them.
    double exact_scale() const {
        const auto count = static_cast<double>(std::max<std::size_t>(grid_.cells.size(), 1));
        const double area = std::max(grid_.max_x - grid_.min_x, 1e-6) * std::max(grid_.max_y - grid_.min_y, 1e-6);
        return std::sqrt(area / count);
    }

    const SourceMapping* mapping_;
    const Grid& target_;
    double width_, height_;
    int columns_ = 0, rows_ = 0; ///< of the lattice
    std::vector<Point> points_;
    std::vector<Patch> patches_;
    WarpGrid grid_;
};

} // namespace

Grid tile_grid(int z, std::int64_t x, std::int64_t y, int size) {
    constexpr double kHalfWorld = std::numbers::pi * 6378137.0;
    const double pixel = 2 * kHalfWorld / static_cast<double>(std::int64_t{1} << z) / size;
    const double west = -kHalfWorld + static_cast<double>(x) * pixel * size;
    const double north = kHalfWorld - static_cast<double>(y) * pixel * size;
    return {kWebMercator, {west, pixel, 0, north, 0, -pixel}, size, size};
}

WarpGrid build_warp_grid(const SourceMapping* mapping, const Grid& target, double width, double height) {
    return GridBuilder(mapping, target, width, height).build();
}

} // namespace landfall::raster
