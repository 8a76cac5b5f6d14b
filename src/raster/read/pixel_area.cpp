#include "raster/read/pixel_area.hpp"

#include "raster/read/area_edges.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace landfall::raster {
namespace {

constexpr double kAround = 360;
constexpr double kSteps = 1e6; ///< of a pixel, to which crossings are rounded
constexpr double kHair = 1e-9; ///< degrees: so that no position lies on the seam itself, which has two columns

/// The ground whose polygons are taken into the grid: a little more than it shows.
geo::Bounds ground_of(const std::optional<geo::Bounds>& around, const ToPixels& grid) {
    const double seam = grid.seam(), hair = grid.columns_around() > 0 ? kHair : 0;
    geo::Bounds box = around.value_or(geo::Bounds{-180, -90, 180, 90});
    if (box.west > box.east)
        box.east += kAround;
    const double across = std::max(1.0, (box.east - box.west) / 10), down = std::max(1.0, (box.north - box.south) / 10);
    box.south = std::max(-90.0, box.south - down);
    box.north = std::min(90.0, box.north + down);
    // Once around the world: nothing more, or the same ground would be there twice.
    if (box.east - box.west + 2 * across >= kAround)
        return {seam + hair, box.south, seam + kAround - hair, box.north};
    return {box.west - across, box.south, box.east + across, box.north};
}

struct Box {
    double min_x = HUGE_VAL, min_y = HUGE_VAL, max_x = -HUGE_VAL, max_y = -HUGE_VAL;
};

Box box_of(const geo::Polygon& polygon) {
    Box box;
    for (const geo::Position& at : polygon.front())
        box = {std::min(box.min_x, at.x), std::min(box.min_y, at.y), std::max(box.max_x, at.x),
               std::max(box.max_y, at.y)};
    return box;
}

/// The first pixel whose centre lies beyond a coordinate; GDAL rounds alike.
int first_beyond(double coordinate) {
    return static_cast<int>(std::floor(std::clamp(coordinate, -1e9, 1e9) + 0.5));
}

/// Where the edges of a polygon cross the centre lines of some rows.
class Scanner {
public:
    explicit Scanner(const LevelRect& window) : window_(window), rows_(static_cast<std::size_t>(window.height)) {}

    void fill(const geo::Polygon& polygon, Mask& mask) {
        for (const geo::Ring& ring : polygon)
            for (std::size_t i = 1; i < ring.size(); ++i)
                add_edge(ring[i - 1], ring[i]);
        for (int row = first_; row < end_; ++row) {
            auto& crossings = rows_[static_cast<std::size_t>(row)];
            std::sort(crossings.begin(), crossings.end());
            for (std::size_t i = 1; i < crossings.size(); i += 2)
                fill_run(row, crossings[i - 1], crossings[i], mask);
            crossings.clear();
        }
        first_ = window_.height;
        end_ = 0;
    }

private:
    /// A row's line belongs to an edge from its upper end, included, to its lower one, excluded.
    void add_edge(const geo::Position& a, const geo::Position& b) {
        const geo::Position& upper = a.y <= b.y ? a : b;
        const geo::Position& lower = a.y <= b.y ? b : a;
        if (upper.y == lower.y)
            return;
        const auto row_from = [&](double y) {
            return static_cast<int>(std::ceil(std::clamp(y - 0.5, -1e9, 1e9))) - window_.y;
        };
        const int begin = std::max(0, row_from(upper.y)), end = std::min(window_.height, row_from(lower.y));
        for (int row = begin; row < end; ++row) {
            const double y = window_.y + row + 0.5;
            // Edges of two polygons along one line must meet it at one place, however they were computed.
            const double x = upper.x + (lower.x - upper.x) * (y - upper.y) / (lower.y - upper.y);
            rows_[static_cast<std::size_t>(row)].push_back(std::nearbyint(x * kSteps) / kSteps);
        }
        if (begin < end) {
            first_ = std::min(first_, begin);
            end_ = std::max(end_, end);
        }
    }

    void fill_run(int row, double from, double to, Mask& mask) const {
        const int begin = std::max(0, first_beyond(from) - window_.x);
        const int end = std::min(window_.width, first_beyond(to) - window_.x);
        if (begin >= end)
            return;
        const auto start = mask.begin() + static_cast<std::ptrdiff_t>(row) * window_.width;
        std::fill(start + begin, start + end, std::uint8_t{255});
    }

    LevelRect window_;
    std::vector<std::vector<double>> rows_;
    int first_ = 1 << 30, end_ = 0;
};

} // namespace

Result<PixelArea> PixelArea::make(const geo::Area& area, const Grid& grid, const std::optional<geo::Bounds>& around) {
    TRY(const ToPixels to_pixels, ToPixels::make(grid));
    const geo::Bounds ground = ground_of(around, to_pixels);
    PixelArea made;
    made.grid_ = grid;
    for (const double shift : {-2 * kAround, -kAround, 0.0, kAround, 2 * kAround})
        for (geo::Polygon polygon : area.polygons) {
            for (geo::Ring& ring : polygon)
                for (geo::Position& at : ring)
                    at.x += shift;
            polygon = cut_to_box(polygon, ground);
            for (geo::Ring& ring : polygon) {
                TRY(ring, to_pixels.ring(ring, kEdgeTolerance));
            }
            if (!polygon.empty())
                made.polygons_.push_back(std::move(polygon));
        }
    const double columns = to_pixels.columns_around();
    made.goes_around_ =
        grid.transform[2] == 0 && grid.transform[4] == 0 && columns > 0 && std::abs(columns - grid.width) < 0.01;
    if (made.goes_around_)
        made.join_at_seam();
    return made;
}

/// Of a grid around the world, moves what lies west of the widest gap behind what lies east of it.
void PixelArea::join_at_seam() {
    std::vector<std::array<double, 2>> spans;
    for (const geo::Polygon& polygon : polygons_)
        spans.push_back({box_of(polygon).min_x, box_of(polygon).max_x});
    if (spans.empty())
        return;
    std::sort(spans.begin(), spans.end());
    double reached = spans.front()[1], widest = spans.front()[0], begin = spans.front()[0];
    for (const auto& span : spans) {
        if (span[0] - reached > widest) {
            widest = span[0] - reached;
            begin = span[0];
        }
        reached = std::max(reached, span[1]);
    }
    if (grid_.width - reached + spans.front()[0] >= widest)
        return; // nothing lies across the seam
    for (geo::Polygon& polygon : polygons_)
        if (box_of(polygon).min_x < begin)
            for (geo::Ring& ring : polygon)
                for (geo::Position& at : ring)
                    at.x += grid_.width;
}

std::optional<LevelRect> PixelArea::outer_window() const {
    Box all;
    for (const geo::Polygon& polygon : polygons_) {
        const Box box = box_of(polygon);
        all = {std::min(all.min_x, box.min_x), std::min(all.min_y, box.min_y), std::max(all.max_x, box.max_x),
               std::max(all.max_y, box.max_y)};
    }
    const int right = goes_around_ ? 2 * grid_.width : grid_.width;
    const auto low = [](double value) { return static_cast<int>(std::floor(std::clamp(value, -1e9, 1e9) + 0.5)); };
    const int x0 = std::max(0, low(all.min_x)), x1 = std::min(right, low(all.max_x));
    const int y0 = std::max(0, static_cast<int>(std::ceil(std::clamp(all.min_y - 0.5, -1e9, 1e9))));
    const int y1 = std::min(grid_.height, static_cast<int>(std::ceil(std::clamp(all.max_y - 0.5, -1e9, 1e9))));
    if (polygons_.empty() || x0 >= x1 || y0 >= y1)
        return std::nullopt;
    return LevelRect{x0, y0, x1 - x0, y1 - y0};
}

std::optional<LevelRect> PixelArea::window() const {
    constexpr int kPixelsAtOnce = 1 << 24;
    const auto outer = outer_window();
    if (!outer)
        return std::nullopt;
    int x0 = outer->width, x1 = 0, y0 = outer->height, y1 = 0;
    const int rows = std::max(1, kPixelsAtOnce / outer->width);
    for (int top = 0; top < outer->height; top += rows) {
        const LevelRect strip{outer->x, outer->y + top, outer->width, std::min(rows, outer->height - top)};
        const Mask mask = inside(strip);
        for (int row = 0; row < strip.height; ++row) {
            const auto begin = mask.begin() + static_cast<std::ptrdiff_t>(row) * strip.width;
            const auto end = begin + strip.width;
            const auto first = std::find(begin, end, std::uint8_t{255});
            if (first == end)
                continue;
            const auto last = std::find(std::reverse_iterator(end), std::reverse_iterator(first), std::uint8_t{255});
            x0 = std::min(x0, static_cast<int>(first - begin));
            x1 = std::max(x1, static_cast<int>(last.base() - begin));
            y0 = std::min(y0, top + row);
            y1 = top + row + 1;
        }
    }
    if (y0 >= y1)
        return std::nullopt;
    return LevelRect{outer->x + x0, outer->y + y0, x1 - x0, y1 - y0};
}

Mask PixelArea::inside(const LevelRect& window) const {
    Mask mask(static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height), 0);
    Scanner scanner(window);
    for (const geo::Polygon& polygon : polygons_) {
        const Box box = box_of(polygon);
        if (box.max_y > window.y && box.min_y < window.y + window.height && box.max_x > window.x &&
            box.min_x < window.x + window.width)
            scanner.fill(polygon, mask);
    }
    return mask;
}

void keep_inside(const PixelArea& area, const LevelRect& where, Image& image) {
    const Mask inside = area.inside(where);
    for (Mask& mask : image.masks)
        for (std::size_t i = 0; i < mask.size(); ++i)
            mask[i] = inside[i] == 0 ? 0 : mask[i];
    for (std::size_t i = 0; i < image.packed.size(); ++i)
        image.packed[i] = inside[i] == 0 ? 0 : image.packed[i];
    image.empty = std::none_of(image.packed.begin(), image.packed.end(), [](auto pixel) { return pixel >> 24 != 0; }) &&
                  std::none_of(image.masks.begin(), image.masks.end(), any_valid);
}

} // namespace landfall::raster
