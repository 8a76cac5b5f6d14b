#include "raster/convert/one_validity.hpp"

#include "raster/read/masks.hpp"
#include "raster/read/nodata.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <gdal_utils.h>

#include <algorithm>
#include <cmath>
#include <cpl_string.h>
#include <limits>
#include <memory>
#include <optional>

namespace landfall::raster {
namespace {

struct TranslateOptionsDeleter {
    void operator()(GDALTranslateOptions* options) const { GDALTranslateOptionsFree(options); }
};

tl::unexpected<Error> unreadable() {
    return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
        CPLGetLastErrorMsg()));
}

constexpr int kStripPixels = 1 << 22;
constexpr int kTileSide = 256; ///< as `translated` writes them

template<typename Work>
Status for_each_strip(GDALDataset& dataset, const Work& work) {
    const int width = dataset.GetRasterXSize(), height = dataset.GetRasterYSize();
    int step = std::max(1, kStripPixels / width);
    if (step > kTileSide)
        step -= step % kTileSide; // so that each tile is packed once
    for (int first = 0; first < height; first += step)
        CHECK_OK(work(first, std::min(step, height - first)));
    return {};
}

template<typename T>
Status copy_rows(GDALRasterBand& band, GDALRWFlag direction, std::array<int, 2> rows, std::vector<T>& pixels) {
    const GDALDataType type = sizeof(T) == 1 ? GDT_Byte : GDT_Float64;
    const int width = band.GetXSize();
    pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(rows[1]));
    if (band.RasterIO(direction, 0, rows[0], width, rows[1], pixels.data(), width, rows[1], type, 0, 0, nullptr) !=
        CE_None)
        return unreadable();
    return {};
}

/// Joins the masks of `from`'s bands in the mask of `into`.
Status join_masks(GDALDataset& from, GDALDataset& into) {
    std::vector<GByte> all, own;
    return for_each_strip(from, [&](int first, int rows) -> Status {
        all.assign(static_cast<std::size_t>(from.GetRasterXSize()) * static_cast<std::size_t>(rows), 0);
        for (int band = 1; band <= from.GetRasterCount(); ++band) {
            CHECK_OK(copy_rows(*from.GetRasterBand(band)->GetMaskBand(), GF_Read, {first, rows}, own));
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i] = static_cast<GByte>(all[i] | (own[i] != 0 ? 255 : 0));
        }
        return copy_rows(*into.GetRasterBand(1)->GetMaskBand(), GF_Write, {first, rows}, all);
    });
}

/// A band whose pixels may be missing: all but alpha.
struct Part {
    int number;
    std::optional<double> nodata;
    std::optional<NodataRange> missing;
};

std::vector<Part> parts_of(GDALDataset& dataset) {
    std::vector<Part> parts;
    const int alpha = alpha_band(dataset);
    for (int number = 1; number <= dataset.GetRasterCount(); ++number) {
        GDALRasterBand& band = *dataset.GetRasterBand(number);
        if (number == alpha)
            continue;
        Part part{number, nodata_value(band), std::nullopt};
        if (part.nodata)
            part.missing = nodata_range(*part.nodata, GDALDataTypeIsFloating(band.GetRasterDataType()) != 0);
        parts.push_back(part);
    }
    return parts;
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
    return a == b || (a && b && std::isnan(*a) && std::isnan(*b));
}

using Extremes = std::array<double, 2>;

Result<Extremes> valid_extremes(GDALDataset& dataset, const std::vector<Part>& parts) {
    Extremes found{HUGE_VAL, -HUGE_VAL};
    std::vector<double> values;
    CHECK_OK(for_each_strip(dataset, [&](int first, int rows) -> Status {
        for (const Part& part : parts) {
            CHECK_OK(copy_rows(*dataset.GetRasterBand(part.number), GF_Read, {first, rows}, values));
            for (const double value : values)
                if (!part.missing || !part.missing->holds(value))
                    found = {std::min(found[0], value), std::max(found[1], value)};
        }
        return {};
    }));
    return found;
}

struct TypedMark {
    GDALDataType type;
    double value;
};

template<typename T>
Extremes limits() {
    return {static_cast<double>(std::numeric_limits<T>::lowest()), static_cast<double>(std::numeric_limits<T>::max())};
}

/// The lowest and highest of a type of whole numbers, and the next wider type that holds lower ones.
struct WholeType {
    GDALDataType type;
    Extremes limits;
    TypedMark wider;
};

std::optional<WholeType> whole_type(GDALDataType type) {
    const TypedMark decimal{GDT_Float64, std::numeric_limits<double>::quiet_NaN()};
    switch (type) {
    case GDT_Byte:
        return WholeType{type, limits<std::uint8_t>(), {GDT_Int16, limits<std::int16_t>()[0]}};
    case GDT_UInt16:
        return WholeType{type, limits<std::uint16_t>(), {GDT_Int32, limits<std::int32_t>()[0]}};
    case GDT_Int16:
        return WholeType{type, limits<std::int16_t>(), {GDT_Int32, limits<std::int32_t>()[0]}};
    case GDT_UInt32:
        return WholeType{type, limits<std::uint32_t>(), decimal};
    case GDT_Int32:
        return WholeType{type, limits<std::int32_t>(), decimal};
    default:
        return std::nullopt;
    }
}

TypedMark choose_mark(GDALDataType type, const Extremes& valid, const std::vector<Part>& parts) {
    const auto whole = whole_type(type);
    if (!whole)
        return {GDALDataTypeIsFloating(type) != 0 ? type : GDT_Float64, std::numeric_limits<double>::quiet_NaN()};
    std::vector<double> candidates;
    for (const Part& part : parts)
        if (part.nodata)
            candidates.push_back(*part.nodata);
    candidates.insert(candidates.end(), whole->limits.begin(), whole->limits.end());
    for (const double value : candidates)
        if ((value < valid[0] || value > valid[1]) && value >= whole->limits[0] && value <= whole->limits[1])
            return {type, value};
    return whole->wider;
}

Status mark_missing(GDALDataset& from, GDALDataset& into, const std::vector<Part>& parts, double mark) {
    std::vector<double> values;
    return for_each_strip(from, [&](int first, int rows) -> Status {
        for (const Part& part : parts) {
            if (!part.missing || same(part.nodata, mark))
                continue;
            CHECK_OK(copy_rows(*from.GetRasterBand(part.number), GF_Read, {first, rows}, values));
            bool changed = false;
            for (double& value : values)
                if (part.missing->holds(value)) {
                    value = mark;
                    changed = true;
                }
            if (changed)
                CHECK_OK(copy_rows(*into.GetRasterBand(part.number), GF_Write, {first, rows}, values));
        }
        return {};
    });
}

GDALDataType common_type(GDALDataset& dataset) {
    GDALDataType type = dataset.GetRasterBand(1)->GetRasterDataType();
    for (int band = 2; band <= dataset.GetRasterCount(); ++band)
        type = GDALDataTypeUnion(type, dataset.GetRasterBand(band)->GetRasterDataType());
    return type;
}

} // namespace

Result<DatasetHandle> translated(GDALDataset& dataset, const std::string& path, const std::vector<std::string>& words) {
    CPLStringList list;
    for (const char* word :
         {"-of", "GTiff", "-co", "TILED=YES", "-co", "COMPRESS=ZSTD", "-co", "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER"})
        list.AddString(word);
    for (const std::string& word : words)
        list.AddString(word.c_str());
    const std::unique_ptr<GDALTranslateOptions, TranslateOptionsDeleter> options(
        GDALTranslateOptionsNew(list.List(), nullptr));
    if (!options)
        return fail_internal("the options of a translation were refused");
    int usage_error = 0;
    DatasetHandle copy(GDALDataset::FromHandle(GDALTranslate(path.c_str(), &dataset, options.get(), &usage_error)));
    if (!copy)
        return unreadable();
    return copy;
}

Result<DatasetHandle> with_one_mask(GDALDataset& dataset, const std::string& path) {
    TRY(DatasetHandle copy, translated(dataset, path, {"-mask", "mask,1"}));
    CHECK_OK(join_masks(dataset, *copy));
    copy->FlushCache(false);
    return copy;
}

bool has_several_nodata(GDALDataset& dataset) {
    const int flags = dataset.GetRasterBand(1)->GetMaskFlags();
    const std::vector<Part> parts = parts_of(dataset);
    if (((flags & GMF_PER_DATASET) != 0 && (flags & GMF_ALPHA) == 0) || has_own_mask(*dataset.GetRasterBand(1)) ||
        parts.empty())
        return false;
    return std::any_of(parts.begin(), parts.end(),
                       [&](const Part& part) { return !same(part.nodata, parts.front().nodata); });
}

Mark choose_mark(GDALDataset& dataset, const std::array<double, 2>& valid) {
    const TypedMark mark = choose_mark(common_type(dataset), valid, parts_of(dataset));
    return {GDALGetDataTypeName(mark.type), mark.value};
}

Result<DatasetHandle> with_one_nodata(GDALDataset& dataset, const std::string& path) {
    const std::vector<Part> parts = parts_of(dataset);
    TRY(const Extremes valid, valid_extremes(dataset, parts));
    const Mark mark = choose_mark(dataset, valid);
    TRY(DatasetHandle copy,
        translated(dataset, path,
                   {"-ot", mark.type, "-a_nodata", std::isnan(mark.value) ? "nan" : fmt::format("{}", mark.value)}));
    CHECK_OK(mark_missing(dataset, *copy, parts, mark.value));
    copy->FlushCache(false);
    return copy;
}

} // namespace landfall::raster
