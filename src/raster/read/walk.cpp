/// Going through a source piece by piece: windows by block rows, and single points.

#include "raster/read/read_image.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace landfall::raster {
namespace {

std::size_t pixel_bytes(const SourceImage& source, const ImageSpec& spec) {
    std::size_t bytes = 0;
    for (const int band : spec.read.bands)
        bytes += source.sample_bytes(band) + (spec.expression ? sizeof(float) : 0) + 1;
    return std::max<std::size_t>(bytes, 1);
}

/// How far along an axis a part that begins at `from` reaches: whole blocks where that leaves any.
int end_of(int from, int most, int block, int end) {
    const int far = std::min(from + most, end);
    const int aligned = far - far % block;
    return far < end && aligned > from ? aligned : far;
}

} // namespace

std::vector<LevelRect> walk_parts(const SourceImage& source, const ImageSpec& spec, const LevelRect& window) {
    const auto [block_width, block_height] = source.block_size();
    const auto budget = static_cast<int>(std::min<std::size_t>(kStepBytes / pixel_bytes(source, spec), 1 << 30));
    // A row of blocks at once, else some of its blocks, else some rows of one.
    const int rows_at_once = std::max(1, budget / window.width);
    const int rows = rows_at_once >= block_height ? rows_at_once : std::min(block_height, window.height);
    const int columns = std::max(1, budget / std::min(rows, window.height));
    const int across = columns >= std::min(block_width, window.width) ? columns : std::min(block_width, window.width);
    const int down = std::max(1, std::min(rows, budget / std::min(across, window.width)));
    std::vector<LevelRect> parts;
    const int bottom = window.y + window.height, right = window.x + window.width;
    for (int y = window.y; y < bottom;) {
        const int next = end_of(y, down, block_height, bottom);
        for (int x = window.x; x < right;) {
            const int beside = end_of(x, across, block_width, right);
            parts.push_back({x, y, beside - x, next - y});
            x = beside;
        }
        y = next;
    }
    return parts;
}

Status walk_window(SourceImage& source, const ImageSpec& spec, const LevelRect& window, const Visit& visit) {
    for (const LevelRect& where : walk_parts(source, spec, window)) {
        TRY(const Image part, read_window(source, spec, where));
        CHECK_OK(visit(part, where));
    }
    return {};
}

namespace {

/// Points of one block of the source.
struct Cluster {
    std::vector<std::size_t> points;
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0; ///< their pixels, ends included

    void add(std::size_t point, int x, int y) {
        x0 = points.empty() ? x : std::min(x0, x);
        x1 = points.empty() ? x : std::max(x1, x);
        y0 = points.empty() ? y : std::min(y0, y);
        y1 = points.empty() ? y : std::max(y1, y);
        points.push_back(point);
    }
};

void copy_pixel(const Image& from, std::size_t at, Image& into, std::size_t point) {
    for (std::size_t plane = 0; plane < into.planes.size(); ++plane) {
        std::visit(
            [&](auto& values) {
                using Values = std::decay_t<decltype(values)>;
                values[point] = std::get<Values>(from.planes[plane])[at];
            },
            into.planes[plane]);
        into.masks[plane][point] = from.mask(plane)[at];
        into.empty = into.empty && from.mask(plane)[at] == 0;
    }
}

/// An image like another one, without a valid pixel.
Image blank(const Image& like, std::size_t pixels) {
    Image out;
    out.bands = like.bands;
    for (const Samples& plane : like.planes)
        out.planes.push_back(
            std::visit([&](const auto& values) { return Samples(std::decay_t<decltype(values)>(pixels)); }, plane));
    out.masks.assign(out.planes.size(), Mask(pixels, 0));
    return out;
}

} // namespace

Result<Image> read_points(SourceImage& source, const ImageSpec& spec, const std::string& crs,
                          const std::vector<std::array<double, 2>>& points) {
    TRY(const SourceMapping* const mapping, source.mapping(crs));
    std::vector<double> x(points.size()), y(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        x[i] = points[i][0];
        y[i] = points[i][1];
    }
    if (mapping != nullptr)
        mapping->to_pixels(x, y);
    const auto [block_width, block_height] = source.block_size();
    std::map<std::pair<int, int>, Cluster> clusters; // in the order of the file's blocks
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!(x[i] >= 0 && y[i] >= 0 && x[i] < source.width() && y[i] < source.height()))
            continue;
        const int column = static_cast<int>(x[i]), row = static_cast<int>(y[i]);
        clusters[{row / block_height, column / block_width}].add(i, column, row);
    }
    TRY(const Image first, read_window(source, spec, {0, 0, 1, 1}));
    Image out = blank(first, points.size());
    out.grid = {crs, {0, 1, 0, 0, 0, 1}, static_cast<int>(points.size()), 1};
    for (const auto& [block, cluster] : clusters) {
        const LevelRect window{cluster.x0, cluster.y0, cluster.x1 - cluster.x0 + 1, cluster.y1 - cluster.y0 + 1};
        TRY(const Image image, read_window(source, spec, window));
        for (const std::size_t point : cluster.points) {
            const auto at = static_cast<std::size_t>(static_cast<int>(y[point]) - window.y) *
                                static_cast<std::size_t>(window.width) +
                            static_cast<std::size_t>(static_cast<int>(x[point]) - window.x);
            copy_pixel(image, at, out, point);
        }
    }
    return out;
}

} // namespace landfall::raster
