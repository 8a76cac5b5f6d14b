#include "raster/read/resample.hpp"

#include "imagery/vector_clones.hpp"
#include "raster/read/kernels.hpp"
#include "raster/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace landfall::raster {
namespace {

struct Transform {
    double offset_x, offset_y, factor_x, factor_y;
};

/// Coordinates from left to right: `begin` and `step` of each axis.
struct Line {
    double x, y, step_x, step_y;
};

LANDFALL_VECTOR_CLONES void fill_line(const Line& line, int count, float* x, float* y) {
    for (int i = 0; i < count; ++i) {
        x[i] = static_cast<float>(line.x + line.step_x * (i + 0.5));
        y[i] = static_cast<float>(line.y + line.step_y * (i + 0.5));
    }
}

struct Limits {
    float low_x, low_y, high_x, high_y;
};

LANDFALL_VECTOR_CLONES void mark_outside(const Limits& limits, std::size_t count, float* x, const float* y) {
    for (std::size_t i = 0; i < count; ++i) {
        const int inside = static_cast<int>(x[i] >= limits.low_x) & static_cast<int>(x[i] <= limits.high_x) &
                           static_cast<int>(y[i] >= limits.low_y) & static_cast<int>(y[i] <= limits.high_y);
        x[i] = inside != 0 ? x[i] : kOutside;
    }
}

void fill_cell(const GridCell& cell, const Transform& to_window, int width, Coordinates& out) {
    const auto blend = [](double a, double b, double share) { return a + (b - a) * share; };
    for (int row = 0; row < cell.height; ++row) {
        const double down = (row + 0.5) / cell.height;
        const double left_x =
            (blend(cell.source_x[0], cell.source_x[2], down) - to_window.offset_x) * to_window.factor_x;
        const double right_x =
            (blend(cell.source_x[1], cell.source_x[3], down) - to_window.offset_x) * to_window.factor_x;
        const double left_y =
            (blend(cell.source_y[0], cell.source_y[2], down) - to_window.offset_y) * to_window.factor_y;
        const double right_y =
            (blend(cell.source_y[1], cell.source_y[3], down) - to_window.offset_y) * to_window.factor_y;
        const auto start =
            static_cast<std::size_t>(cell.y + row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(cell.x);
        const double step_x = (right_x - left_x) / cell.width, step_y = (right_y - left_y) / cell.width;
        fill_line({left_x, left_y, step_x, step_y}, cell.width, out.x.data() + start, out.y.data() + start);
    }
}

Coordinates coordinates(const PixelWindow& window, const WarpGrid& grid, const SourceRect& source) {
    const auto count = static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height);
    Coordinates out{std::vector<float>(count, kOutside), std::vector<float>(count, kOutside)};
    const Transform to_window{window.origin_x, window.origin_y, 1 / window.scale_x, 1 / window.scale_y};
    for (const GridCell& cell : grid.cells)
        fill_cell(cell, to_window, grid.width, out);
    const Limits limits{static_cast<float>((source.min_x - window.origin_x) / window.scale_x),
                        static_cast<float>((source.min_y - window.origin_y) / window.scale_y),
                        static_cast<float>((source.max_x - window.origin_x) / window.scale_x),
                        static_cast<float>((source.max_y - window.origin_y) / window.scale_y)};
    mark_outside(limits, count, out.x.data(), out.y.data());
    return out;
}

/// Four neighbours of a point, and how much each counts. Beyond the window the edge repeats.
struct Taps {
    std::size_t at[4];
    float across, down;
    std::size_t nearest;
};

struct Extent {
    int width, height;
    std::size_t index(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
    }
};

inline std::size_t nearest_index(const Extent& extent, float x, float y) {
    return extent.index(std::clamp(static_cast<int>(x), 0, extent.width - 1),
                        std::clamp(static_cast<int>(y), 0, extent.height - 1));
}

inline Taps taps_at(const Extent& extent, float x, float y) {
    const float left = std::clamp(x - 0.5F, 0.0F, static_cast<float>(extent.width - 1));
    const float top = std::clamp(y - 0.5F, 0.0F, static_cast<float>(extent.height - 1));
    const int x0 = static_cast<int>(left), y0 = static_cast<int>(top);
    const std::size_t base = extent.index(x0, y0);
    const std::size_t right = x0 + 1 < extent.width ? 1 : 0;
    const std::size_t below = y0 + 1 < extent.height ? static_cast<std::size_t>(extent.width) : 0;
    const float across = left - static_cast<float>(x0), down = top - static_cast<float>(y0);
    const std::size_t nearest = base + (across > 0.5F ? right : 0) + (down > 0.5F ? below : 0);
    return {{base, base + right, base + below, base + right + below}, across, down, nearest};
}

/// Taps of as many pixels as stay in the first cache, in arrays that loops without branches fill and read.
struct TapRun {
    static constexpr std::size_t kMost = 256;
    std::array<int, kMost> base, right, below; ///< index of the upper left neighbour; steps to the others
    std::array<float, kMost> across, down;
};

LANDFALL_VECTOR_CLONES void find_taps(const Extent& extent, const float* x, const float* y, std::size_t count,
                                      TapRun& out) {
    const int width = extent.width, last_x = extent.width - 1, last_y = extent.height - 1;
    const auto most_x = static_cast<float>(last_x), most_y = static_cast<float>(last_y);
    for (std::size_t i = 0; i < count; ++i) {
        float left = x[i] - 0.5F, top = y[i] - 0.5F;
        left = left > 0 ? left : 0;
        top = top > 0 ? top : 0;
        left = left < most_x ? left : most_x;
        top = top < most_y ? top : most_y;
        const int x0 = static_cast<int>(left), y0 = static_cast<int>(top);
        out.base[i] = y0 * width + x0;
        out.right[i] = x0 < last_x ? 1 : 0;
        out.below[i] = y0 < last_y ? width : 0;
        out.across[i] = left - static_cast<float>(x0);
        out.down[i] = top - static_cast<float>(y0);
    }
}

/// Weighted sum of four packed pixels, two channels of 16 bits at a time; the weights add up to 256.
inline __attribute__((always_inline)) std::uint32_t blend_packed(const std::uint32_t (&p)[4], float across,
                                                                 float down) {
    const auto a = static_cast<std::uint32_t>(static_cast<int>(across * 256 + 0.5F));
    const auto d = static_cast<std::uint32_t>(static_cast<int>(down * 256 + 0.5F));
    const std::uint32_t w3 = (a * d + 128) >> 8, w1 = a - w3, w2 = d - w3, w0 = 256 - a - d + w3;
    constexpr std::uint32_t kEven = 0x00FF00FFU;
    const std::uint32_t even =
        (p[0] & kEven) * w0 + (p[1] & kEven) * w1 + (p[2] & kEven) * w2 + (p[3] & kEven) * w3 + 0x00800080U;
    const std::uint32_t odd = (p[0] >> 8 & kEven) * w0 + (p[1] >> 8 & kEven) * w1 + (p[2] >> 8 & kEven) * w2 +
                              (p[3] >> 8 & kEven) * w3 + 0x00800080U;
    return (even >> 8 & kEven) | (odd & 0xFF00FF00U);
}

/// The four neighbours of each pixel of a run.
template<typename T>
struct Neighbours {
    std::array<std::array<T, TapRun::kMost>, 4> at;
};

/// Apart from the sums over them: with scattered loads among them those would not run on vectors, and vector loads of
/// scattered values are slower than plain ones.
template<typename T>
void collect(const T* values, const TapRun& taps, std::size_t count, Neighbours<T>& out) {
    for (std::size_t i = 0; i < count; ++i) {
        const T* const first = values + taps.base[i];
        out.at[0][i] = first[0];
        out.at[1][i] = first[taps.right[i]];
        out.at[2][i] = first[taps.below[i]];
        out.at[3][i] = first[taps.right[i] + taps.below[i]];
    }
}

/// For pixels all of which are opaque.
LANDFALL_VECTOR_CLONES void blend_opaque(const Neighbours<std::uint32_t>& from, const TapRun& taps, std::size_t count,
                                         std::uint32_t* out) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t p[4] = {from.at[0][i], from.at[1][i], from.at[2][i], from.at[3][i]};
        out[i] = blend_packed(p, taps.across[i], taps.down[i]);
    }
}

/// For values all of which are valid.
LANDFALL_VECTOR_CLONES void blend_values(const Neighbours<float>& from, const TapRun& taps, std::size_t count,
                                         float* out) {
    for (std::size_t i = 0; i < count; ++i) {
        const float across = taps.across[i], down = taps.down[i];
        const float upper = from.at[0][i] * (1 - across) + from.at[1][i] * across;
        const float lower = from.at[2][i] * (1 - across) + from.at[3][i] * across;
        out[i] = upper * (1 - down) + lower * down;
    }
}

LANDFALL_VECTOR_CLONES bool are_opaque(const std::uint32_t* pixels, std::size_t count) {
    std::uint32_t all = 0xFF000000U;
    for (std::size_t i = 0; i < count; ++i)
        all &= pixels[i];
    return all == 0xFF000000U;
}

LANDFALL_VECTOR_CLONES bool are_inside(const float* x, std::size_t count) {
    int outside = 0;
    for (std::size_t i = 0; i < count; ++i)
        outside |= x[i] == kOutside ? 1 : 0;
    return outside == 0;
}

/// Calls `plain` for the parts of a tile that lie within the source, with their taps, and `careful` for the others.
template<typename Plain, typename Careful>
void for_each_run(const Extent& extent, const Coordinates& at, const Plain& plain, const Careful& careful) {
    TapRun taps;
    for (std::size_t begin = 0; begin < at.x.size(); begin += TapRun::kMost) {
        const std::size_t count = std::min(TapRun::kMost, at.x.size() - begin);
        if (are_inside(at.x.data() + begin, count)) {
            find_taps(extent, at.x.data() + begin, at.y.data() + begin, count, taps);
            plain(taps, begin, count);
        } else {
            careful(begin, begin + count);
        }
    }
}

std::uint32_t blend_valid(const std::uint32_t (&p)[4], const Taps& taps, std::uint32_t nearest, bool soft) {
    if (!soft && nearest >> 24 == 0)
        return 0;
    const float w[4] = {(1 - taps.across) * (1 - taps.down), taps.across * (1 - taps.down),
                        (1 - taps.across) * taps.down, taps.across * taps.down};
    float total = 0, sums[3] = {0, 0, 0};
    for (int i = 0; i < 4; ++i) {
        const float weight = w[i] * static_cast<float>(p[i] >> 24);
        total += weight;
        for (int channel = 0; channel < 3; ++channel)
            sums[channel] += weight * static_cast<float>(p[i] >> (8 * channel) & 255);
    }
    if (total <= 0)
        return 0;
    const std::uint32_t alpha = soft ? static_cast<std::uint32_t>(total + 0.5F) : nearest >> 24;
    std::uint32_t out = alpha << 24;
    for (int channel = 0; channel < 3; ++channel)
        out |= static_cast<std::uint32_t>(sums[channel] / total + 0.5F) << (8 * channel);
    return alpha == 0 ? 0 : out;
}

void resample_some_bytes(const PixelWindow& window, const Coordinates& at, Resampling how,
                         std::array<std::size_t, 2> range, Image& out) {
    const Extent extent{window.width, window.height};
    const std::uint32_t* const pixels = window.bytes.data();
    for (std::size_t i = range[0]; i < range[1]; ++i) {
        if (at.x[i] == kOutside)
            continue;
        std::uint32_t value = 0;
        if (how == Resampling::Nearest) {
            value = pixels[nearest_index(extent, at.x[i], at.y[i])];
            value = value >> 24 ? value : 0;
        } else {
            const Taps taps = taps_at(extent, at.x[i], at.y[i]);
            const std::uint32_t p[4] = {pixels[taps.at[0]], pixels[taps.at[1]], pixels[taps.at[2]], pixels[taps.at[3]]};
            value = (p[0] & p[1] & p[2] & p[3]) >> 24 == 255 ? blend_packed(p, taps.across, taps.down)
                                                             : blend_valid(p, taps, pixels[taps.nearest], window.soft);
        }
        out.packed[i] = value;
        out.empty = out.empty && value >> 24 == 0;
    }
}

void resample_bytes(const PixelWindow& window, const Coordinates& at, Resampling how, Image& out) {
    out.packed.assign(at.x.size(), 0);
    if (how == Resampling::Nearest || !are_opaque(window.bytes.data(), window.bytes.size())) {
        resample_some_bytes(window, at, how, {0, at.x.size()}, out);
        return;
    }
    Neighbours<std::uint32_t> neighbours;
    for_each_run(
        {window.width, window.height}, at,
        [&](const TapRun& taps, std::size_t begin, std::size_t count) {
            collect(window.bytes.data(), taps, count, neighbours);
            blend_opaque(neighbours, taps, count, out.packed.data() + begin);
            out.empty = false;
        },
        [&](std::size_t begin, std::size_t end) { resample_some_bytes(window, at, how, {begin, end}, out); });
}

void resample_pixel(const PixelWindow& window, const Taps& taps, std::size_t i, Image& out) {
    const std::uint8_t* const valid = window.validity.data();
    if (!window.soft && valid[taps.nearest] == 0)
        return;
    float w[4] = {(1 - taps.across) * (1 - taps.down), taps.across * (1 - taps.down), (1 - taps.across) * taps.down,
                  taps.across * taps.down};
    float total = 0;
    for (int k = 0; k < 4; ++k) {
        w[k] *= static_cast<float>(valid[taps.at[k]]);
        total += w[k];
    }
    const float alpha = window.soft ? total + 0.5F : static_cast<float>(valid[taps.nearest]);
    if (total <= 0 || alpha < 1)
        return;
    out.masks[0][i] = static_cast<std::uint8_t>(std::min(alpha, 255.0F));
    for (std::size_t band = 0; band < window.planes.size(); ++band) {
        const float* const values = window.planes[band].data();
        float sum = 0;
        for (int k = 0; k < 4; ++k)
            sum += w[k] > 0 ? w[k] * values[taps.at[k]] : 0;
        out.floats(band)[i] = sum / total;
    }
    out.empty = false;
}

void resample_some_planes(const PixelWindow& window, const Coordinates& at, Resampling how,
                          std::array<std::size_t, 2> range, Image& out) {
    const Extent extent{window.width, window.height};
    for (std::size_t i = range[0]; i < range[1]; ++i) {
        if (at.x[i] == kOutside)
            continue;
        if (how == Resampling::Bilinear) {
            resample_pixel(window, taps_at(extent, at.x[i], at.y[i]), i, out);
            continue;
        }
        const std::size_t from = nearest_index(extent, at.x[i], at.y[i]);
        if (window.validity[from] == 0)
            continue;
        out.masks[0][i] = window.validity[from];
        for (std::size_t band = 0; band < window.planes.size(); ++band)
            out.floats(band)[i] = window.planes[band][from];
        out.empty = false;
    }
}

void resample_planes(const PixelWindow& window, const Coordinates& at, Resampling how, Image& out) {
    out.planes.assign(window.planes.size(), std::vector<float>(at.x.size(), 0.0F));
    out.masks.assign(1, Mask(at.x.size(), 0));
    const auto& validity = window.validity;
    if (how == Resampling::Nearest || std::count(validity.begin(), validity.end(), 255) != std::ssize(validity)) {
        resample_some_planes(window, at, how, {0, at.x.size()}, out);
        return;
    }
    Neighbours<float> neighbours;
    for_each_run(
        {window.width, window.height}, at,
        [&](const TapRun& taps, std::size_t begin, std::size_t count) {
            for (std::size_t band = 0; band < window.planes.size(); ++band) {
                collect(window.planes[band].data(), taps, count, neighbours);
                blend_values(neighbours, taps, count, out.floats(band).data() + begin);
            }
            std::fill_n(out.masks[0].begin() + static_cast<std::ptrdiff_t>(begin), count, std::uint8_t{255});
            out.empty = false;
        },
        [&](std::size_t begin, std::size_t end) { resample_some_planes(window, at, how, {begin, end}, out); });
}

} // namespace

std::vector<std::size_t> nearest_pixels(const PixelWindow& window, const WarpGrid& grid, const SourceRect& source) {
    const Coordinates at = coordinates(window, grid, source);
    const Extent extent{window.width, window.height};
    std::vector<std::size_t> found(at.x.size(), std::numeric_limits<std::size_t>::max());
    for (std::size_t i = 0; i < found.size(); ++i)
        if (at.x[i] != kOutside)
            found[i] = nearest_index(extent, at.x[i], at.y[i]);
    return found;
}

void resample(const PixelWindow& window, const WarpGrid& grid, const SourceRect& source, Resampling how, Image& into) {
    if (window.pixels() == 0)
        return;
    const Coordinates at = coordinates(window, grid, source);
    if (!window.bytes.empty())
        resample_bytes(window, at, how, into);
    else if (how == Resampling::Nearest || how == Resampling::Bilinear)
        resample_planes(window, at, how, into);
    else if (how == Resampling::Cubic)
        resample_cubic(window, at, into);
    else
        resample_area(window, at, grid.scale / std::sqrt(window.scale_x * window.scale_y), how, into);
}

} // namespace landfall::raster
