/// Pixels as they are: the part of SourceImage that changes nothing.

#include "raster/read/masks.hpp"
#include "raster/read/nodata.hpp"
#include "raster/read/source_image.hpp"

#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace landfall::raster {
namespace {

/// Room for so many pixels of a type; floats for one that has no plane of its own.
Samples samples_of(GDALDataType type, bool is_signed_byte, std::size_t pixels) {
    switch (type) {
    case GDT_Byte:
        return is_signed_byte ? Samples(std::vector<std::int8_t>(pixels)) : Samples(std::vector<std::uint8_t>(pixels));
    case GDT_UInt16:
        return std::vector<std::uint16_t>(pixels);
    case GDT_Int16:
        return std::vector<std::int16_t>(pixels);
    case GDT_UInt32:
        return std::vector<std::uint32_t>(pixels);
    case GDT_Int32:
        return std::vector<std::int32_t>(pixels);
    case GDT_UInt64:
        return std::vector<std::uint64_t>(pixels);
    case GDT_Int64:
        return std::vector<std::int64_t>(pixels);
    case GDT_Float64:
        return std::vector<double>(pixels);
    default:
        return std::vector<float>(pixels);
    }
}

Status read_band(GDALRasterBand& band, const LevelRect& window, void* into) {
    if (band.RasterIO(GF_Read, window.x, window.y, window.width, window.height, into, window.width, window.height,
                      band.GetRasterDataType(), 0, 0, nullptr) == CE_None)
        return {};
    return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
        CPLGetLastErrorMsg()));
}

/// Hides what is nodata and what is no number.
void hide(const Samples& plane, const std::optional<double>& nodata, Mask& mask) {
    std::visit(
        [&](const auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            constexpr bool kFloating = std::is_floating_point_v<Value>;
            const NodataRange range = nodata_range(nodata.value_or(NAN), kFloating);
            for (std::size_t i = 0; i < values.size(); ++i) {
                bool missing = nodata && range.holds(static_cast<double>(values[i]));
                if constexpr (kFloating)
                    missing = missing || !std::isfinite(values[i]);
                mask[i] = missing ? 0 : mask[i];
            }
        },
        plane);
}

bool is_floating(const Samples& plane) {
    return std::holds_alternative<std::vector<float>>(plane) || std::holds_alternative<std::vector<double>>(plane);
}

} // namespace

bool any_valid(const Mask& mask) {
    return std::any_of(mask.begin(), mask.end(), [](std::uint8_t value) { return value != 0; });
}

Result<Image> SourceImage::read_exact(const ReadSpec& spec, const LevelRect& window) {
    if (window.x < 0 || window.y < 0 || window.width < 1 || window.height < 1 || window.x + window.width > width() ||
        window.y + window.height > height())
        return fail_internal("a window reaches beyond its image");
    Image image;
    const auto own = grid();
    image.grid = own ? own->window(window.x, window.y, window.width, window.height)
                     : Grid{}.window(window.x, window.y, window.width, window.height);
    image.bands = spec.bands;
    TRY(const Mask common, read_mask(spec, window));
    bool apart = false;
    for (const int number : spec.bands) {
        GDALRasterBand& band = *dataset_->GetRasterBand(number);
        image.planes.push_back(samples_of(band.GetRasterDataType(), is_signed_byte(number), common.size()));
        Samples& plane = image.planes.back();
        void* const into = std::visit([](auto& values) { return static_cast<void*>(values.data()); }, plane);
        CHECK_OK(read_band(band, window, into));
        const auto nodata = nodata_of(number, spec);
        const bool is_alpha = number == alpha_of(spec);
        Mask mask = is_alpha ? Mask(common.size(), 255) : common;
        if (has_own_masks_ && !spec.nodata) {
            Mask own_mask(common.size());
            CHECK_OK(read_band(*band.GetMaskBand(), window, own_mask.data()));
            for (std::size_t i = 0; i < mask.size(); ++i)
                mask[i] = own_mask[i] == 0 ? 0 : mask[i];
        }
        if (!is_alpha)
            hide(plane, nodata, mask);
        apart = apart || is_alpha || nodata || has_own_masks_ || is_floating(plane);
        image.empty = image.empty && !any_valid(mask);
        image.masks.push_back(std::move(mask));
    }
    if (!apart && image.masks.size() > 1)
        image.masks.resize(1);
    return image;
}

} // namespace landfall::raster
