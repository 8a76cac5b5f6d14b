#include "raster/read/masks.hpp"
#include "raster/read/nodata.hpp"
#include "raster/read/pixel_budget.hpp"
#include "raster/read/reducer.hpp"
#include "raster/read/source_image.hpp"

#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace landfall::raster {
namespace {

tl::unexpected<Error> unreadable() {
    return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
        CPLGetLastErrorMsg()));
}

/// Where pixels go: `width` by `height` of them, every `step` bytes. Fewer than the source's: the nearest of each.
struct Buffer {
    void* into;
    GDALDataType type;
    int width, height;
    GSpacing step;
};

Status read_band(GDALRasterBand& band, const LevelRect& from, const Buffer& to) {
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    if (band.RasterIO(GF_Read, from.x, from.y, from.width, from.height, to.into, to.width, to.height, to.type, to.step,
                      to.step * to.width, &extra) != CE_None)
        return unreadable();
    return {};
}

bool is_wide(GDALDataType type) {
    return type == GDT_Float64 || type == GDT_Int32 || type == GDT_UInt32 || type == GDT_Int64 || type == GDT_UInt64;
}

/// Tells per pixel of a band whether it is nodata; nothing without a nodata value.
template<typename T>
std::vector<std::uint8_t> find_missing(GDALRasterBand& band, const std::vector<T>& values,
                                       const std::optional<double>& nodata) {
    if (!nodata)
        return {};
    const NodataRange range = nodata_range(*nodata, GDALDataTypeIsFloating(band.GetRasterDataType()) != 0);
    std::vector<std::uint8_t> missing(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        missing[i] = range.holds(static_cast<double>(values[i]));
    return missing;
}

/// Reads a band of the size of `shape` into `values`; the result is `missing`.
Result<std::vector<std::uint8_t>> read_floats(GDALRasterBand& band, const LevelRect& from,
                                              const std::optional<double>& nodata, const PixelWindow& shape,
                                              std::vector<float>& values) {
    values.resize(shape.pixels());
    if (is_wide(band.GetRasterDataType())) {
        std::vector<double> exact(shape.pixels());
        CHECK_OK(read_band(band, from, {exact.data(), GDT_Float64, shape.width, shape.height, 8}));
        std::transform(exact.begin(), exact.end(), values.begin(),
                       [](double value) { return static_cast<float>(value); });
        return find_missing(band, exact, nodata);
    }
    CHECK_OK(read_band(band, from, {values.data(), GDT_Float32, shape.width, shape.height, 4}));
    return find_missing(band, values, nodata);
}

/// Reads bands of the full resolution in one request, so that blocks that hold all of them are decoded once.
Status read_together(GDALDataset& dataset, std::vector<int> bands, const LevelRect& from, PixelWindow& window) {
    std::vector<float> values(window.pixels() * bands.size());
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    const auto plane = static_cast<GSpacing>(window.pixels()) * static_cast<GSpacing>(sizeof(float));
    if (dataset.RasterIO(GF_Read, from.x, from.y, from.width, from.height, values.data(), window.width, window.height,
                         GDT_Float32, static_cast<int>(bands.size()), bands.data(), sizeof(float),
                         static_cast<GSpacing>(sizeof(float)) * window.width, plane, &extra) != CE_None)
        return unreadable();
    window.planes.resize(bands.size());
    auto begin = values.cbegin();
    for (auto& into : window.planes) {
        const auto end = begin + static_cast<std::ptrdiff_t>(window.pixels());
        into.assign(begin, end);
        begin = end;
    }
    return {};
}

void restore_signs(std::vector<float>& values) {
    for (float& value : values)
        value = value > 127 ? value - 256 : value;
}

/// Source-wide validity: from the alpha band or the dataset's mask, 0..255; all 255 without either.
struct Validity {
    GDALRasterBand* band = nullptr;
    bool alpha = false;
    double full = 255; ///< the band's value for opaque
};

/// Fills the validity of a window of the shape's size.
Status read_validity(const Validity& source, const Level& level, const LevelRect& from, const PixelWindow& shape,
                     std::vector<std::uint8_t>& into) {
    into.assign(shape.pixels(), 255);
    if (!source.band)
        return {};
    LevelRect wanted = from;
    const double ratio_x = static_cast<double>(source.band->GetXSize()) / level.width;
    const double ratio_y = static_cast<double>(source.band->GetYSize()) / level.height;
    wanted.x = static_cast<int>(from.x * ratio_x);
    wanted.y = static_cast<int>(from.y * ratio_y);
    wanted.width = std::min(static_cast<int>(std::ceil(from.width * ratio_x)), source.band->GetXSize() - wanted.x);
    wanted.height = std::min(static_cast<int>(std::ceil(from.height * ratio_y)), source.band->GetYSize() - wanted.y);
    if (source.full == 255)
        CHECK_OK(read_band(*source.band, wanted, {into.data(), GDT_Byte, shape.width, shape.height, 1}));
    else {
        std::vector<float> values(shape.pixels());
        CHECK_OK(read_band(*source.band, wanted, {values.data(), GDT_Float32, shape.width, shape.height, 4}));
        for (std::size_t i = 0; i < values.size(); ++i)
            into[i] = static_cast<std::uint8_t>(std::clamp(values[i] / source.full, 0.0, 1.0) * 255 + 0.5);
    }
    if (!source.alpha)
        for (auto& value : into)
            value = value ? 255 : 0;
    return {};
}

/// Samples of 16 bits that hold no more than 255 are alpha of 8 bits, which some programs write beside wider colours.
double opaque_value(GDALRasterBand& alpha, const std::optional<double>& p98) {
    constexpr double kByteMost = 255;
    const bool like_bytes = p98 && *p98 <= kByteMost;
    switch (alpha.GetRasterDataType()) {
    case GDT_Byte:
        return kByteMost;
    case GDT_UInt16:
        return like_bytes ? kByteMost : 65'535;
    case GDT_Int16:
        return like_bytes ? kByteMost : 32'767;
    default:
        return 1;
    }
}

/// Takes away pixels that are nodata: with `every`, where one band is; else where all are.
void fold_missing(std::vector<std::vector<std::uint8_t>>& missing, bool every, std::vector<std::uint8_t>& validity) {
    if (missing.empty())
        return;
    const auto hide = [&](const std::vector<std::uint8_t>& marks) {
        for (std::size_t i = 0; i < marks.size(); ++i)
            validity[i] = marks[i] ? 0 : validity[i];
    };
    if (every) {
        for (const auto& marks : missing)
            hide(marks);
        return;
    }
    if (std::any_of(missing.begin(), missing.end(), [](const auto& marks) { return marks.empty(); }))
        return;
    std::vector<std::uint8_t>& all = missing.front();
    for (std::size_t band = 1; band < missing.size(); ++band)
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] &= missing[band][i];
    hide(all);
}

/// Hides pixels of bytes whose bands are nodata. Without `every`, a band that is never nodata leaves all as they are.
void hide_missing(const std::vector<std::optional<double>>& nodata, bool every, std::vector<std::uint32_t>& pixels) {
    std::uint32_t marks = 0, mask = 0;
    for (std::size_t i = 0; i < nodata.size(); ++i) {
        const std::optional<double>& value = nodata[i];
        if (!value || *value < 0 || *value > 255 || *value != std::floor(*value)) {
            if (!every)
                return;
            continue;
        }
        marks |= static_cast<std::uint32_t>(*value) << (8 * i);
        mask |= 0xFFU << (8 * i);
    }
    if (mask == 0)
        return;
    for (auto& pixel : pixels)
        if ((pixel & mask) == marks)
            pixel &= 0x00FFFFFFU;
}

void hide_what_is_no_number(const std::vector<float>& plane, std::vector<std::uint8_t>& validity) {
    for (std::size_t i = 0; i < plane.size(); ++i)
        validity[i] = std::abs(plane[i]) <= std::numeric_limits<float>::max() ? validity[i] : 0;
}

Validity validity_of(GDALRasterBand* alpha, GDALRasterBand* mask, const ReadSpec& spec = {}) {
    if (alpha)
        return {alpha, true, opaque_value(*alpha, spec.alpha_p98)};
    return {mask, false, 255};
}

/// GDAL stretches an overview over the whole image, even if its last sample is a part. The rectangle that makes it
/// take the wanted samples, when it decimates.
LevelRect stretched(const Level& level, const LevelRect& from, const PixelWindow& window) {
    const auto stretch = [](int length, int& begin, int& size, int samples) {
        const int side = size / samples;
        const int count = (length + side - 1) / side;
        const double ratio = static_cast<double>(length) / count;
        const int first = begin / side;
        begin = static_cast<int>(std::lround(first * ratio));
        size = std::min(static_cast<int>(std::lround((first + samples) * ratio)), length) - begin;
    };
    LevelRect result = from;
    stretch(level.width, result.x, result.width, window.width);
    stretch(level.height, result.y, result.height, window.height);
    return result;
}

void repeat_row(PixelWindow& window, int from, int begin, int end) {
    const auto width = static_cast<std::ptrdiff_t>(window.width);
    for (std::ptrdiff_t row = begin; row < end; ++row) {
        for (auto& plane : window.planes)
            std::copy_n(plane.begin() + from * width, width, plane.begin() + row * width);
        std::copy_n(window.validity.begin() + from * width, width, window.validity.begin() + row * width);
    }
}

} // namespace

std::optional<double> SourceImage::nodata_of(int band, const ReadSpec& spec) const {
    if (spec.nodata || has_mask_ || has_own_masks_)
        return spec.nodata;
    return nodata_value(*dataset_->GetRasterBand(band));
}

Result<PixelWindow> SourceImage::read_level(const ReadSpec& spec, const Level& level, const SourceRect& rect,
                                            double scale) {
    constexpr double kMargin = 2;
    const auto low = [](double value, double unit) {
        return std::max(0, static_cast<int>(std::floor(value / unit - kMargin)));
    };
    const auto high = [](double value, double unit, int most) {
        return std::min(most, static_cast<int>(std::ceil(value / unit + kMargin)));
    };
    const int x0 = low(rect.min_x, level.scale_x), x1 = high(rect.max_x, level.scale_x, level.width);
    const int y0 = low(rect.min_y, level.scale_y), y1 = high(rect.max_y, level.scale_y, level.height);
    PixelWindow window;
    window.origin_x = x0 * level.scale_x;
    window.origin_y = y0 * level.scale_y;
    window.scale_x = level.scale_x;
    window.scale_y = level.scale_y;
    window.width = std::max(0, x1 - x0);
    window.height = std::max(0, y1 - y0);
    window.soft = alpha_of(spec) > 0;
    if (window.pixels() == 0)
        return window;
    const double rest = scale / std::sqrt(level.scale_x * level.scale_y);
    const bool exact_is_cheap = spec.categorical && static_cast<double>(window.pixels()) <= kAlwaysReadPixels;
    if (rest >= 2 && !exact_is_cheap) {
        const int factor = static_cast<int>(rest);
        window.width = (window.width + factor - 1) / factor;
        window.height = (window.height + factor - 1) / factor;
        window.scale_x *= factor;
        window.scale_y *= factor;
        CHECK_OK(read_reduced(spec, level, {x0, y0, factor}, window));
        return window;
    }
    const bool bytes = !spec.as_float && !has_own_masks_ && spec.bands.size() <= 3 &&
                       std::all_of(spec.bands.begin(), spec.bands.end(), [&](int band) { return is_byte(band); });
    if (bytes)
        CHECK_OK(read_bytes(spec, level, {x0, y0}, window));
    else
        CHECK_OK(read_planes(spec, level, {x0, y0, window.width, window.height}, window));
    return window;
}

Status SourceImage::read_bytes(const ReadSpec& spec, const Level& level, const std::array<int, 2>& origin,
                               PixelWindow& window) {
    const LevelRect from{origin[0], origin[1], window.width, window.height};
    window.bytes.assign(window.pixels(), 0);
    auto* const into = reinterpret_cast<std::uint8_t*>(window.bytes.data());
    for (std::size_t i = 0; i < spec.bands.size(); ++i)
        CHECK_OK(read_band(*band_at(spec.bands[i], level), from, {into + i, GDT_Byte, window.width, window.height, 4}));
    const Validity source = validity_of(alpha_of(spec) ? band_at(alpha_of(spec), level) : nullptr,
                                        has_mask_ && !spec.nodata ? mask_at(1, level) : nullptr, spec);
    if (source.alpha && source.full == 255) {
        CHECK_OK(read_band(*source.band, from, {into + 3, GDT_Byte, window.width, window.height, 4}));
    } else if (source.band) {
        std::vector<std::uint8_t> validity;
        CHECK_OK(read_validity(source, level, from, window, validity));
        for (std::size_t i = 0; i < validity.size(); ++i)
            window.bytes[i] |= static_cast<std::uint32_t>(validity[i]) << 24;
    } else {
        for (auto& pixel : window.bytes)
            pixel |= 0xFF000000U;
    }
    std::vector<std::optional<double>> nodata;
    nodata.reserve(spec.bands.size());
    for (const int band : spec.bands)
        nodata.push_back(nodata_of(band, spec));
    hide_missing(nodata, spec.every_band, window.bytes);
    return {};
}

Status SourceImage::hide_by_own_mask(int band, const Level& level, const LevelRect& from, const PixelWindow& window,
                                     std::vector<std::uint8_t>& missing) const {
    std::vector<std::uint8_t> validity;
    CHECK_OK(read_validity(validity_of(nullptr, mask_at(band, level)), level, from, window, validity));
    missing.resize(validity.size());
    for (std::size_t i = 0; i < validity.size(); ++i)
        missing[i] = missing[i] != 0 || validity[i] == 0 ? 1 : 0;
    return {};
}

Result<Mask> SourceImage::read_mask(const ReadSpec& spec, const LevelRect& window) {
    PixelWindow shape;
    shape.width = window.width;
    shape.height = window.height;
    const Validity source = validity_of(alpha_of(spec) ? dataset_->GetRasterBand(alpha_of(spec)) : nullptr,
                                        has_mask_ && !spec.nodata ? mask_at(1, levels_.front()) : nullptr, spec);
    Mask mask;
    CHECK_OK(read_validity(source, levels_.front(), window, shape, mask));
    return mask;
}

Status SourceImage::read_planes(const ReadSpec& spec, const Level& level, const LevelRect& from, PixelWindow& window) {
    std::vector<std::vector<std::uint8_t>> missing(spec.bands.size());
    const bool together = level.overview < 0 && from.width > window.width;
    if (together)
        CHECK_OK(read_together(*dataset_, spec.bands, stretched(level, from, window), window));
    window.planes.resize(spec.bands.size());
    for (std::size_t i = 0; i < spec.bands.size(); ++i) {
        GDALRasterBand& band = *band_at(spec.bands[i], level);
        auto nodata = nodata_of(spec.bands[i], spec);
        // GDAL 3.6 reads signed bytes as if they were unsigned.
        const bool is_signed = is_signed_byte(spec.bands[i]);
        if (is_signed && nodata && *nodata < 0)
            *nodata += 256;
        if (together)
            missing[i] = find_missing(band, window.planes[i], nodata);
        else {
            TRY(missing[i], read_floats(band, from, nodata, window, window.planes[i]));
        }
        if (is_signed)
            restore_signs(window.planes[i]);
        if (has_own_masks_ && !spec.nodata)
            CHECK_OK(hide_by_own_mask(spec.bands[i], level, from, window, missing[i]));
    }
    const Validity source = validity_of(alpha_of(spec) ? band_at(alpha_of(spec), level) : nullptr,
                                        has_mask_ && !spec.nodata ? mask_at(1, level) : nullptr, spec);
    CHECK_OK(read_validity(source, level, source.alpha && together ? stretched(level, from, window) : from, window,
                           window.validity));
    fold_missing(missing, spec.every_band, window.validity);
    for (std::size_t i = 0; i < spec.bands.size(); ++i)
        if (!is_byte(spec.bands[i]))
            hide_what_is_no_number(window.planes[i], window.validity);
    return {};
}

/// Pixels a side of the samples that GDAL decodes faster than pixels, 1 if there are none: the eighths, quarters and
/// halves that a decoder of JPEG makes inside a TIFF without overviews. Values that must not mix are read as they are.
int SourceImage::decimation(const ReadSpec& spec, const Level& level, int factor) const {
    constexpr int kLargest = 8, kSmallestImage = 256;
    const GDALDriver* const driver = dataset_->GetDriver();
    const char* const compression = dataset_->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE");
    const bool jpeg = compression && std::string_view(compression).ends_with("JPEG");
    if (std::min(level.width, level.height) < kSmallestImage)
        return 1;
    if (spec.categorical || level.overview >= 0 || !jpeg || !driver || !EQUAL(driver->GetDescription(), "GTiff"))
        return 1;
    for (const int band : spec.bands)
        if (nodata_of(band, spec))
            return 1;
    int side = 1;
    while (side < kLargest && side * 4 <= factor)
        side *= 2;
    return side;
}

Status SourceImage::read_reduced(const ReadSpec& spec, const Level& level, const std::array<int, 3>& origin_factor,
                                 PixelWindow& window) {
    const auto [x0, y0, factor] = origin_factor;
    window.planes.assign(spec.bands.size(), std::vector<float>(window.pixels(), 0.0F));
    window.validity.assign(window.pixels(), 0);
    window.soft = alpha_of(spec) > 0 && !spec.categorical;
    Reducer reducer(window, spec.categorical);
    int block_width = 1, block_height = 1;
    band_at(1, level)->GetBlockSize(&block_width, &block_height);
    const int side = decimation(spec, level, factor);
    const Reduction across{x0, level.width, factor, side}, down{y0, level.height, factor, side};
    const double whole = static_cast<double>(level.width - x0) * (level.height - y0);
    // Chunks follow the blocks, so that each is decoded once. Beyond the budget only every n-th row of chunks is read
    // and the rows between repeat it.
    const int skip = std::max(1, static_cast<int>(std::ceil(whole / kMaxPreviewPixels)));
    const int rows = std::clamp(block_height / factor, 1, std::max(1, kChunkSide / factor));
    const int columns = std::max(1, std::max(std::min(block_width, 4 * kChunkSide), kChunkSide) * side / factor);
    for (int row = 0, group = 0; row < window.height; row += rows, ++group) {
        const int row_end = std::min(row + rows, window.height);
        if (group % skip != 0) {
            repeat_row(window, row - 1, row, row_end);
            continue;
        }
        const ChunkAxis vertical = down.chunk(row, row_end - row);
        for (int column = 0; column < window.width; column += columns) {
            const ChunkAxis horizontal = across.chunk(column, std::min(columns, window.width - column));
            PixelWindow pixels;
            pixels.width = horizontal.samples;
            pixels.height = vertical.samples;
            CHECK_OK(
                read_planes(spec, level, {horizontal.from, vertical.from, horizontal.size, vertical.size}, pixels));
            reducer.take(pixels, horizontal.cells, vertical.cells);
        }
    }
    return {};
}

} // namespace landfall::raster
