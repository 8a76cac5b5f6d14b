#include "raster/read/read_image.hpp"

#include "raster/open/crs.hpp"
#include "raster/read/pixel_budget.hpp"
#include "raster/read/resample.hpp"

#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace landfall::raster {
namespace {

SourceRect whole(const SourceImage& source) {
    return {0, 0, static_cast<double>(source.width()), static_cast<double>(source.height())};
}

bool reads_every_pixel(Resampling how) {
    return how == Resampling::Mode || how == Resampling::Min || how == Resampling::Max;
}

/// Source pixels per pixel of the window that a kernel wants to see.
double wanted_scale(const ImageSpec& spec, const WarpGrid& warp) {
    const double area = (warp.max_x - warp.min_x) * (warp.max_y - warp.min_y);
    return reads_every_pixel(spec.resampling) && area <= kMaxWindowPixels ? 1 : warp.scale;
}

/// Floats of one plane as another type: rounded, within its range.
template<typename Value>
std::vector<Value> rounded(const std::vector<float>& values) {
    std::vector<Value> out(values.size());
    constexpr auto kLow = static_cast<double>(std::numeric_limits<Value>::lowest());
    constexpr auto kHigh = static_cast<double>(std::numeric_limits<Value>::max());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = std::nearbyint(static_cast<double>(values[i]));
        // What rounds up to a power of two is beyond the largest of 64 bits.
        if (value >= kHigh)
            out[i] = std::numeric_limits<Value>::max();
        else
            out[i] = value > kLow ? static_cast<Value>(value) : std::numeric_limits<Value>::lowest();
    }
    return out;
}

/// The plane of floats in the type that `like` holds.
Samples as_type_of(const Samples& like, std::vector<float> values) {
    return std::visit(
        [&](const auto& sample) -> Samples {
            using Value = typename std::decay_t<decltype(sample)>::value_type;
            if constexpr (std::is_same_v<Value, float>)
                return std::move(values);
            else if constexpr (std::is_same_v<Value, double>)
                return std::vector<double>(values.begin(), values.end());
            else
                return rounded<Value>(values);
        },
        like);
}

/// The same plane on a larger or smaller window of the same pixels: `from` and `to` within the source.
Samples moved(const Samples& plane, const LevelRect& from, const LevelRect& to) {
    return std::visit(
        [&](const auto& values) -> Samples {
            std::decay_t<decltype(values)> out(static_cast<std::size_t>(to.width) *
                                               static_cast<std::size_t>(to.height));
            for (int row = 0; row < from.height; ++row) {
                const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row) * from.width;
                const auto into = static_cast<std::ptrdiff_t>(from.y - to.y + row) * to.width + (from.x - to.x);
                std::copy_n(begin, from.width, out.begin() + into);
            }
            return out;
        },
        plane);
}

/// An image of a window that lies within another; what is beyond is missing.
Image padded(const Image& part, const LevelRect& from, const LevelRect& to, const Grid& grid) {
    Image out;
    out.grid = grid;
    out.bands = part.bands;
    out.empty = part.empty;
    for (const Samples& plane : part.planes)
        out.planes.push_back(moved(plane, from, to));
    for (const Mask& mask : part.masks)
        out.masks.push_back(std::get<Mask>(moved(Samples(mask), from, to)));
    return out;
}

/// The values of some pixels of a plane; `at` beyond it: 0.
Samples gathered(const Samples& plane, const std::vector<std::size_t>& at) {
    return std::visit(
        [&](const auto& values) -> Samples {
            std::decay_t<decltype(values)> out(at.size());
            for (std::size_t i = 0; i < at.size(); ++i)
                out[i] = at[i] < values.size() ? values[at[i]] : 0;
            return out;
        },
        plane);
}

/// Runs the expression over planes of raw values.
void apply_expression(const ImageSpec& spec, SourceImage& source, Image& image) {
    if (!spec.expression || image.planes.empty())
        return;
    std::vector<const float*> planes;
    for (std::size_t i = 0; i < image.planes.size(); ++i) {
        const auto scale = static_cast<float>(source.band_scale(spec.read.bands[i]));
        const auto offset = static_cast<float>(source.band_offset(spec.read.bands[i]));
        if (scale != 1 || offset != 0)
            for (float& value : image.floats(i))
                value = value * scale + offset;
        planes.push_back(image.floats(i).data());
    }
    Mask& mask = image.masks.front();
    std::vector<float> result(mask.size());
    spec.expression->run(planes, result);
    image.empty = true;
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (!std::isfinite(result[i]))
            mask[i] = 0;
        image.empty = image.empty && mask[i] == 0;
    }
    image.planes.clear();
    image.planes.emplace_back(std::move(result));
    image.bands.clear();
}

/// Exact planes as floats, with one mask that hides where any hides.
void flatten(Image& image) {
    for (Samples& plane : image.planes)
        plane = std::visit([](const auto& values) { return Samples(std::vector<float>(values.begin(), values.end())); },
                           plane);
    for (std::size_t i = 1; i < image.masks.size(); ++i)
        for (std::size_t pixel = 0; pixel < image.masks[0].size(); ++pixel)
            image.masks[0][pixel] = std::min(image.masks[0][pixel], image.masks[i][pixel]);
    image.masks.resize(1);
}

/// One plane for each band, all missing.
Result<Image> all_missing(SourceImage& source, const ImageSpec& spec, const Grid& grid) {
    TRY(Image image, source.read_exact(spec.read, {0, 0, 1, 1}));
    const std::vector<std::size_t> nowhere(grid.pixels(), std::numeric_limits<std::size_t>::max());
    for (Samples& plane : image.planes)
        plane = gathered(plane, nowhere);
    image.masks.assign(1, Mask(grid.pixels(), 0));
    image.grid = grid;
    image.empty = true;
    if (spec.expression) {
        image.planes = {Samples(std::vector<float>(grid.pixels()))};
        image.bands.clear();
    }
    return image;
}

/// Nearest by index, so that no type loses a digit.
Result<Image> pick_values(SourceImage& source, const ImageSpec& spec, const Grid& grid, const WarpGrid& warp) {
    const auto low = [](double value) { return std::max(0, static_cast<int>(std::floor(value)) - 1); };
    const int x1 = std::min(source.width(), static_cast<int>(std::ceil(warp.max_x)) + 1);
    const int y1 = std::min(source.height(), static_cast<int>(std::ceil(warp.max_y)) + 1);
    LevelRect window{low(warp.min_x), low(warp.min_y), 0, 0};
    window.width = x1 - window.x;
    window.height = y1 - window.y;
    TRY(Image image, source.read_exact(spec.read, window));
    PixelWindow places;
    places.origin_x = window.x;
    places.origin_y = window.y;
    places.width = window.width;
    places.height = window.height;
    const auto at = nearest_pixels(places, warp, whole(source));
    image.grid = grid;
    image.empty = true;
    for (Samples& plane : image.planes)
        plane = gathered(plane, at);
    for (Mask& mask : image.masks) {
        mask = std::get<Mask>(gathered(Samples(mask), at));
        image.empty = image.empty && !any_valid(mask);
    }
    return image;
}

bool nothing_there(const WarpGrid& warp) {
    return warp.cells.empty() || warp.max_x <= warp.min_x || warp.max_y <= warp.min_y;
}

} // namespace

std::vector<int> data_bands(const SourceImage& source) {
    std::vector<int> bands;
    for (int band = 1; band <= source.band_count(); ++band)
        if (band != source.alpha_band())
            bands.push_back(band);
    return bands.empty() ? std::vector{1} : bands;
}

Result<ImageSpec> expression_spec(std::string_view expression, const BandNames& names) {
    ImageSpec spec;
    TRY(spec.expression, Expression::compile(expression, names));
    spec.read.bands = spec.expression->bands();
    spec.read.every_band = spec.read.as_float = true;
    return spec;
}

Result<Image> read_image(SourceImage& source, const ImageSpec& spec, const Grid& grid) {
    TRY(const SourceMapping* const mapping, source.mapping(grid.crs));
    const SourceRect all = whole(source);
    const WarpGrid warp = build_warp_grid(mapping, grid, all.max_x, all.max_y);
    Image image;
    image.grid = grid;
    image.bands = spec.read.bands;
    if (nothing_there(warp))
        return image;
    ReadSpec read = spec.read;
    read.as_float =
        read.as_float || (spec.resampling != Resampling::Nearest && spec.resampling != Resampling::Bilinear);
    TRY(const PixelWindow window,
        source.read(read, {warp.min_x, warp.min_y, warp.max_x, warp.max_y}, wanted_scale(spec, warp)));
    resample(window, warp, all, spec.resampling, image);
    if (!image.empty)
        apply_expression(spec, source, image);
    return image;
}

Result<Image> read_sample(SourceImage& source, const ImageSpec& spec, int side) {
    ReadSpec read = spec.read;
    read.as_float = true;
    TRY(PixelWindow window, source.sample(read, side));
    Image image;
    image.grid = {
        "", {window.origin_x, window.scale_x, 0, window.origin_y, 0, window.scale_y}, window.width, window.height};
    image.bands = spec.read.bands;
    for (auto& plane : window.planes)
        image.planes.emplace_back(std::move(plane));
    image.masks.push_back(std::move(window.validity));
    image.empty = !any_valid(image.masks[0]);
    apply_expression(spec, source, image);
    return image;
}

Result<Image> read_window(SourceImage& source, const ImageSpec& spec, const LevelRect& window) {
    TRY(Image image, source.read_exact(spec.read, window));
    if (spec.expression) {
        flatten(image);
        apply_expression(spec, source, image);
    }
    return image;
}

Result<Image> read_values(SourceImage& source, const ImageSpec& spec, const Grid& grid) {
    if (const auto own = own_window(source, grid)) {
        const LevelRect inside = cut(*own, source);
        if (inside.width < 1 || inside.height < 1)
            return all_missing(source, spec, grid);
        TRY(Image image, read_window(source, spec, inside));
        return padded(image, inside, *own, grid);
    }
    TRY(const SourceMapping* const mapping, source.mapping(grid.crs));
    const WarpGrid warp = build_warp_grid(mapping, grid, source.width(), source.height());
    if (nothing_there(warp))
        return all_missing(source, spec, grid);
    const double area = (warp.max_x - warp.min_x) * (warp.max_y - warp.min_y);
    if (spec.resampling == Resampling::Nearest && !spec.expression && area <= kMaxWindowPixels)
        return pick_values(source, spec, grid, warp);
    ImageSpec one = spec;
    one.read.as_float = true;
    if (spec.expression) {
        TRY(Image image, read_image(source, one, grid));
        return image.empty ? all_missing(source, spec, grid) : std::move(image);
    }
    TRY(Image image, all_missing(source, spec, grid));
    image.masks.resize(image.planes.size(), image.masks.front());
    for (std::size_t i = 0; i < spec.read.bands.size(); ++i) {
        one.read.bands = {spec.read.bands[i]};
        TRY(Image band, read_image(source, one, grid));
        if (band.empty)
            continue;
        image.planes[i] = as_type_of(image.planes[i], std::move(band.floats(0)));
        image.masks[i] = std::move(band.masks[0]);
        image.empty = false;
    }
    return image;
}

LevelRect cut(const LevelRect& window, const SourceImage& source) {
    LevelRect inside = window;
    inside.x = std::max(0, window.x);
    inside.y = std::max(0, window.y);
    inside.width = std::min(window.x + window.width, source.width()) - inside.x;
    inside.height = std::min(window.y + window.height, source.height()) - inside.y;
    return inside;
}

std::optional<LevelRect> own_window(const SourceImage& source, const Grid& grid) {
    constexpr double kSlack = 1e-6; // of a pixel
    Grid own{.width = source.width(), .height = source.height()};
    if (!grid.crs.empty()) {
        const auto placed = source.grid();
        const CrsHandle ours = placed ? crs_from_text(placed->crs) : CrsHandle();
        const CrsHandle theirs = crs_from_text(grid.crs);
        if (!ours || !theirs || ours->IsSame(theirs.get()) == 0)
            return std::nullopt;
        own = *placed;
    }
    const auto& [x0, across, skew_x, y0, skew_y, down] = own.transform;
    const double determinant = across * down - skew_x * skew_y;
    if (determinant == 0)
        return std::nullopt;
    for (const int i : {1, 2, 4, 5}) {
        const auto k = static_cast<std::size_t>(i);
        const double most = kSlack * std::sqrt(std::abs(determinant)) / std::max(1, std::max(grid.width, grid.height));
        if (std::abs(own.transform[k] - grid.transform[k]) > most)
            return std::nullopt;
    }
    const double east = grid.transform[0] - x0, north = grid.transform[3] - y0;
    const double column = (east * down - north * skew_x) / determinant;
    const double row = (north * across - east * skew_y) / determinant;
    constexpr double kFarthest = 1e9;
    if (!(std::abs(column) < kFarthest && std::abs(row) < kFarthest) ||
        std::abs(column - std::nearbyint(column)) > 1e-3 || std::abs(row - std::nearbyint(row)) > 1e-3)
        return std::nullopt;
    return LevelRect{static_cast<int>(std::nearbyint(column)), static_cast<int>(std::nearbyint(row)), grid.width,
                     grid.height};
}

} // namespace landfall::raster
