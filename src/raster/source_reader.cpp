#include "raster/pixel_budget.hpp"
#include "raster/source_image.hpp"

#include <gdal_priv.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

struct Rect {
    int x, y, width, height;
};

tl::unexpected<Error> unreadable() {
    return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
        CPLGetLastErrorMsg()));
}

template<typename T>
Status read_band(GDALRasterBand& band, const Rect& from, T* into, GSpacing pixel_step, GDALDataType type, int width,
                 int height) {
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    const GSpacing line = pixel_step * width;
    if (band.RasterIO(GF_Read, from.x, from.y, from.width, from.height, into, width, height, type, pixel_step, line,
                      &extra) != CE_None)
        return unreadable();
    return {};
}

bool is_wide(GDALDataType type) {
    return type == GDT_Float64 || type == GDT_Int32 || type == GDT_UInt32 || type == GDT_Int64 || type == GDT_UInt64;
}

/// The value that marks missing pixels of a band, as it appears among values of that type.
std::optional<double> nodata_of(GDALRasterBand& band, const std::optional<double>& given) {
    int present = 0;
    const double own = band.GetNoDataValue(&present);
    const std::optional<double> value = given ? given : (present ? std::optional(own) : std::nullopt);
    if (value && band.GetRasterDataType() == GDT_Float32 && !std::isnan(*value))
        return static_cast<double>(static_cast<float>(*value));
    return value;
}

/// Reads a band as floats and tells per pixel whether it equals nodata.
Status read_floats(GDALRasterBand& band, const Rect& from, std::optional<double> nodata, std::vector<float>& values,
                   std::vector<std::uint8_t>& missing) {
    const std::size_t count = static_cast<std::size_t>(from.width) * static_cast<std::size_t>(from.height);
    values.resize(count);
    missing.assign(count, 0);
    if (is_wide(band.GetRasterDataType())) {
        std::vector<double> exact(count);
        CHECK_OK(read_band(band, from, exact.data(), 8, GDT_Float64, from.width, from.height));
        for (std::size_t i = 0; i < count; ++i) {
            missing[i] = nodata && exact[i] == *nodata;
            values[i] = static_cast<float>(exact[i]);
        }
        return {};
    }
    CHECK_OK(read_band(band, from, values.data(), 4, GDT_Float32, from.width, from.height));
    if (nodata)
        for (std::size_t i = 0; i < count; ++i)
            missing[i] = static_cast<double>(values[i]) == *nodata;
    return {};
}

/// Source-wide validity: from the alpha band or the dataset's mask, 0..255; all 255 without either.
struct Validity {
    GDALRasterBand* band = nullptr;
    bool alpha = false;
    double full = 255; ///< the band's value for opaque
};

Status read_validity(const Validity& source, const Level& level, const Rect& from, std::vector<std::uint8_t>& into) {
    const std::size_t count = static_cast<std::size_t>(from.width) * static_cast<std::size_t>(from.height);
    into.assign(count, 255);
    if (!source.band)
        return {};
    Rect wanted = from;
    const double ratio_x = static_cast<double>(source.band->GetXSize()) / level.width;
    const double ratio_y = static_cast<double>(source.band->GetYSize()) / level.height;
    wanted.x = static_cast<int>(from.x * ratio_x);
    wanted.y = static_cast<int>(from.y * ratio_y);
    wanted.width = std::min(static_cast<int>(std::ceil(from.width * ratio_x)), source.band->GetXSize() - wanted.x);
    wanted.height = std::min(static_cast<int>(std::ceil(from.height * ratio_y)), source.band->GetYSize() - wanted.y);
    if (source.full == 255)
        CHECK_OK(read_band(*source.band, wanted, into.data(), 1, GDT_Byte, from.width, from.height));
    else {
        std::vector<float> values(count);
        CHECK_OK(read_band(*source.band, wanted, values.data(), 4, GDT_Float32, from.width, from.height));
        for (std::size_t i = 0; i < count; ++i)
            into[i] = static_cast<std::uint8_t>(std::clamp(values[i] / source.full, 0.0, 1.0) * 255 + 0.5);
    }
    if (!source.alpha)
        for (auto& value : into)
            value = value ? 255 : 0;
    return {};
}

double opaque_value(GDALRasterBand& alpha) {
    switch (alpha.GetRasterDataType()) {
    case GDT_Byte:
        return 255;
    case GDT_UInt16:
        return 65'535;
    case GDT_Int16:
        return 32'767;
    default:
        return 1;
    }
}

/// Folds the nodata of one band into validity: with `every`, one missing band invalidates; else all must be missing.
void fold_missing(const std::vector<std::vector<std::uint8_t>>& missing, const std::vector<std::vector<float>>& planes,
                  bool every, std::vector<std::uint8_t>& validity) {
    for (std::size_t i = 0; i < validity.size(); ++i) {
        bool any = false, all = true, numbers = true;
        for (std::size_t band = 0; band < planes.size(); ++band) {
            any = any || missing[band][i];
            all = all && missing[band][i];
            numbers = numbers && std::isfinite(planes[band][i]);
        }
        if (!numbers || (every ? any : all))
            validity[i] = 0;
    }
}

Validity validity_of(GDALRasterBand* alpha, GDALRasterBand* mask) {
    if (alpha)
        return {alpha, true, opaque_value(*alpha)};
    return {mask, false, 255};
}

/// Copies or averages a strip into the rows of a window that is `factor` times smaller.
class Reducer {
public:
    Reducer(PixelWindow& window, int factor, bool categorical)
        : window_(window), factor_(factor), categorical_(categorical) {}

    /// `first_column`, `first_row`: where the chunk begins in the reduced window.
    void take(const PixelWindow& chunk, int first_column, int first_row) {
        for (int y = 0; y < chunk.height; y += factor_)
            for (int x = 0; x < chunk.width; x += factor_) {
                const int row = first_row + y / factor_, column = first_column + x / factor_;
                if (row >= window_.height || column >= window_.width)
                    continue;
                const auto target = static_cast<std::size_t>(row) * static_cast<std::size_t>(window_.width) +
                                    static_cast<std::size_t>(column);
                const Rect cell{x, y, std::min(factor_, chunk.width - x), std::min(factor_, chunk.height - y)};
                if (categorical_)
                    pick(chunk, cell, target);
                else
                    average(chunk, cell, target);
            }
    }

private:
    static std::size_t index(const PixelWindow& chunk, int x, int y) {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(chunk.width) + static_cast<std::size_t>(x);
    }

    void pick(const PixelWindow& chunk, const Rect& cell, std::size_t target) {
        const std::size_t from = index(chunk, cell.x + cell.width / 2, cell.y + cell.height / 2);
        for (std::size_t band = 0; band < chunk.planes.size(); ++band)
            window_.planes[band][target] = chunk.planes[band][from];
        window_.validity[target] = chunk.validity[from];
    }

    void average(const PixelWindow& chunk, const Rect& cell, std::size_t target) {
        sums_.assign(chunk.planes.size(), 0.0);
        double weight = 0;
        std::uint8_t most = 0;
        for (int y = cell.y; y < cell.y + cell.height; ++y)
            for (int x = cell.x; x < cell.x + cell.width; ++x) {
                const std::size_t i = index(chunk, x, y);
                if (chunk.validity[i] == 0)
                    continue;
                weight += chunk.validity[i];
                most = std::max(most, chunk.validity[i]);
                for (std::size_t band = 0; band < sums_.size(); ++band)
                    sums_[band] += static_cast<double>(chunk.planes[band][i]) * chunk.validity[i];
            }
        if (weight == 0)
            return;
        for (std::size_t band = 0; band < sums_.size(); ++band)
            window_.planes[band][target] = static_cast<float>(sums_[band] / weight);
        window_.validity[target] =
            window_.soft ? static_cast<std::uint8_t>(std::lround(weight / (cell.width * cell.height))) : most;
    }

    std::vector<double> sums_;
    PixelWindow& window_;
    int factor_;
    bool categorical_;
};

void repeat_row(PixelWindow& window, int from, int begin, int end) {
    const auto width = static_cast<std::ptrdiff_t>(window.width);
    for (std::ptrdiff_t row = begin; row < end; ++row) {
        for (auto& plane : window.planes)
            std::copy_n(plane.begin() + from * width, width, plane.begin() + row * width);
        std::copy_n(window.validity.begin() + from * width, width, window.validity.begin() + row * width);
    }
}

} // namespace

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
    window.soft = alpha_band_ > 0;
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
    const bool bytes = !spec.as_float && spec.bands.size() <= 3 &&
                       std::all_of(spec.bands.begin(), spec.bands.end(), [&](int band) { return is_byte(band); });
    if (bytes)
        CHECK_OK(read_bytes(spec, level, {x0, y0}, window));
    else
        CHECK_OK(read_planes(spec, level, {x0, y0}, window));
    return window;
}

Status SourceImage::read_bytes(const ReadSpec& spec, const Level& level, const std::array<int, 2>& origin,
                               PixelWindow& window) {
    const Rect from{origin[0], origin[1], window.width, window.height};
    window.bytes.assign(window.pixels(), 0);
    auto* const into = reinterpret_cast<std::uint8_t*>(window.bytes.data());
    for (std::size_t i = 0; i < spec.bands.size(); ++i)
        CHECK_OK(read_band(*band_at(spec.bands[i], level), from, into + i, 4, GDT_Byte, from.width, from.height));
    const Validity source = validity_of(alpha_band_ ? band_at(alpha_band_, level) : nullptr,
                                        has_mask_ && !spec.nodata ? mask_at(level) : nullptr);
    if (source.alpha && source.full == 255) {
        CHECK_OK(read_band(*source.band, from, into + 3, 4, GDT_Byte, from.width, from.height));
    } else if (source.band) {
        std::vector<std::uint8_t> validity;
        CHECK_OK(read_validity(source, level, from, validity));
        for (std::size_t i = 0; i < validity.size(); ++i)
            window.bytes[i] |= static_cast<std::uint32_t>(validity[i]) << 24;
    } else {
        for (auto& pixel : window.bytes)
            pixel |= 0xFF000000U;
    }
    std::uint32_t marks = 0, mask = 0;
    for (std::size_t i = 0; i < spec.bands.size(); ++i) {
        const auto nodata = nodata_of(*band_at(spec.bands[i], level), spec.nodata);
        if (!nodata || *nodata < 0 || *nodata > 255 || *nodata != std::floor(*nodata)) {
            if (!spec.every_band)
                return {};
            continue;
        }
        marks |= static_cast<std::uint32_t>(*nodata) << (8 * i);
        mask |= 0xFFU << (8 * i);
    }
    if (mask == 0)
        return {};
    for (auto& pixel : window.bytes)
        if ((pixel & mask) == marks)
            pixel &= 0x00FFFFFFU;
    return {};
}

Status SourceImage::read_planes(const ReadSpec& spec, const Level& level, const std::array<int, 2>& origin,
                                PixelWindow& window) {
    const Rect from{origin[0], origin[1], window.width, window.height};
    std::vector<std::vector<std::uint8_t>> missing(spec.bands.size());
    window.planes.resize(spec.bands.size());
    for (std::size_t i = 0; i < spec.bands.size(); ++i) {
        GDALRasterBand& band = *band_at(spec.bands[i], level);
        CHECK_OK(read_floats(band, from, nodata_of(band, spec.nodata), window.planes[i], missing[i]));
    }
    const Validity source = validity_of(alpha_band_ ? band_at(alpha_band_, level) : nullptr,
                                        has_mask_ && !spec.nodata ? mask_at(level) : nullptr);
    CHECK_OK(read_validity(source, level, from, window.validity));
    fold_missing(missing, window.planes, spec.every_band, window.validity);
    return {};
}

Status SourceImage::read_reduced(const ReadSpec& spec, const Level& level, const std::array<int, 3>& origin_factor,
                                 PixelWindow& window) {
    const auto [x0, y0, factor] = origin_factor;
    window.planes.assign(spec.bands.size(), std::vector<float>(window.pixels(), 0.0F));
    window.validity.assign(window.pixels(), 0);
    window.soft = alpha_band_ > 0 && !spec.categorical;
    Reducer reducer(window, factor, spec.categorical);
    int block_width = 1, block_height = 1;
    band_at(1, level)->GetBlockSize(&block_width, &block_height);
    const double whole = static_cast<double>(level.width - x0) * (level.height - y0);
    // Chunks follow the blocks, so that each is decoded once. Beyond the budget only every n-th row of chunks is read
    // and the rows between repeat it.
    const int skip = std::max(1, static_cast<int>(std::ceil(whole / kMaxPreviewPixels)));
    const int rows = std::clamp(block_height / factor, 1, std::max(1, kChunkSide / factor));
    const int columns = std::max(1, std::max(std::min(block_width, 4 * kChunkSide), kChunkSide) / factor);
    for (int row = 0, group = 0; row < window.height; row += rows, ++group) {
        const int row_end = std::min(row + rows, window.height);
        if (group % skip != 0) {
            repeat_row(window, row - 1, row, row_end);
            continue;
        }
        for (int column = 0; column < window.width; column += columns) {
            const Rect chunk{x0 + column * factor, y0 + row * factor,
                             std::min(columns * factor, level.width - x0 - column * factor),
                             std::min((row_end - row) * factor, level.height - y0 - row * factor)};
            PixelWindow pixels;
            pixels.width = chunk.width;
            pixels.height = chunk.height;
            CHECK_OK(read_planes(spec, level, {chunk.x, chunk.y}, pixels));
            reducer.take(pixels, column, row);
        }
    }
    return {};
}

} // namespace landfall::raster
