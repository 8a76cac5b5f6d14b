#include "raster/convert/image_writer.hpp"

#include "raster/convert/one_validity.hpp"
#include "raster/open/crs.hpp"
#include "raster/open/thread_option.hpp"
#include "raster/read/masks.hpp"

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <cpl_string.h>
#include <limits>
#include <string_view>
#include <type_traits>

namespace landfall::raster {
namespace {

tl::unexpected<Error> unwritten() {
    return fail_internal(std::string("an image can't be written: ") + CPLGetLastErrorMsg());
}

template<typename Value>
constexpr GDALDataType type_of() {
    if constexpr (std::is_same_v<Value, float>)
        return GDT_Float32;
    else if constexpr (std::is_same_v<Value, double>)
        return GDT_Float64;
    else if constexpr (sizeof(Value) == 1)
        return GDT_Byte;
    else if constexpr (sizeof(Value) == 2)
        return std::is_signed_v<Value> ? GDT_Int16 : GDT_UInt16;
    else if constexpr (sizeof(Value) == 4)
        return std::is_signed_v<Value> ? GDT_Int32 : GDT_UInt32;
    else
        return std::is_signed_v<Value> ? GDT_Int64 : GDT_UInt64;
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
    return a == b || (a && b && std::isnan(*a) && std::isnan(*b));
}

bool is_rgb(GDALDataset& source, const std::vector<int>& bands) {
    constexpr GDALColorInterp kColors[] = {GCI_RedBand, GCI_GreenBand, GCI_BlueBand};
    if (bands.size() < 3)
        return false;
    for (std::size_t i = 0; i < 3; ++i)
        if (source.GetRasterBand(bands[i])->GetColorInterpretation() != kColors[i])
            return false;
    return true;
}

CPLStringList creation_options(const Layout& layout, SourceImage* source) {
    CPLStringList options;
    for (const char* word : {"TILED=YES", "COMPRESS=ZSTD", "ZSTD_LEVEL=1", "BIGTIFF=IF_SAFER", "SPARSE_OK=TRUE"})
        options.AddString(word);
    if (layout.is_signed_byte)
        options.SetNameValue("PIXELTYPE", "SIGNEDBYTE");
    const bool rgb = source != nullptr && is_rgb(source->dataset(), layout.bands) &&
                     (layout.type == "Byte" || layout.type == "UInt16");
    // Of one band a colour table, if there is one, decides.
    if (layout.planes > 1)
        options.SetNameValue("PHOTOMETRIC", rgb ? "RGB" : "MINISBLACK");
    if (layout.planes > 1)
        options.SetNameValue("ALPHA", layout.validity.alpha == layout.planes ? "YES" : "NO");
    return options;
}

/// What a file says of a band beside its pixels; statistics are others' now.
void describe(GDALRasterBand& from, GDALRasterBand& to) {
    to.SetDescription(from.GetDescription());
    if (GDALColorTable* const table = from.GetColorTable(); table != nullptr)
        to.SetColorTable(table);
    else if (from.GetColorInterpretation() != GCI_Undefined)
        to.SetColorInterpretation(from.GetColorInterpretation());
    int has_scale = 0, has_offset = 0;
    const double scale = from.GetScale(&has_scale), offset = from.GetOffset(&has_offset);
    if (has_scale != 0)
        to.SetScale(scale);
    if (has_offset != 0)
        to.SetOffset(offset);
    if (from.GetUnitType() != nullptr && *from.GetUnitType() != '\0')
        to.SetUnitType(from.GetUnitType());
    CPLStringList metadata(CSLDuplicate(from.GetMetadata()));
    CPLStringList kept;
    for (int i = 0; i < metadata.size(); ++i)
        if (!std::string_view(metadata[i]).starts_with("STATISTICS_"))
            kept.AddString(metadata[i]);
    if (kept.size() > 0)
        to.SetMetadata(kept.List());
}

Status place(const Grid& grid, GDALDataset& file) {
    std::array<double, 6> transform = grid.transform;
    if (file.SetGeoTransform(transform.data()) != CE_None)
        return unwritten();
    if (grid.crs.empty())
        return {};
    const CrsHandle crs = crs_from_text(grid.crs);
    return crs && file.SetSpatialRef(crs.get()) == CE_None ? Status() : unwritten();
}

template<typename Value>
Value fill_value(const Validity& validity) {
    if (!validity.nodata)
        return 0;
    if constexpr (std::is_floating_point_v<Value>)
        return static_cast<Value>(*validity.nodata);
    constexpr auto kLow = static_cast<double>(std::numeric_limits<Value>::lowest());
    constexpr auto kHigh = static_cast<double>(std::numeric_limits<Value>::max());
    return *validity.nodata >= kLow && *validity.nodata < kHigh ? static_cast<Value>(*validity.nodata)
           : *validity.nodata == kHigh                          ? std::numeric_limits<Value>::max()
                                                                : Value{0};
}

Status write_plane(GDALRasterBand& band, const LevelRect& where, const void* pixels, GDALDataType type) {
    return band.RasterIO(GF_Write, where.x, where.y, where.width, where.height, const_cast<void*>(pixels), where.width,
                         where.height, type, 0, 0, nullptr) == CE_None
               ? Status()
               : unwritten();
}

/// The plane with what the file shall hold where pixels are missing.
Status write_values(GDALRasterBand& band, const LevelRect& where, const Samples& plane, const Mask& missing,
                    const Validity& validity) {
    return std::visit(
        [&](const auto& values) -> Status {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            if (missing.empty())
                return write_plane(band, where, values.data(), type_of<Value>());
            // The mark may need a wider type than the plane has.
            if (validity.marks_missing && band.GetRasterDataType() != type_of<Value>()) {
                std::vector<double> wide(values.begin(), values.end());
                for (std::size_t i = 0; i < wide.size(); ++i)
                    wide[i] = missing[i] != 0 ? validity.nodata.value_or(0) : wide[i];
                return write_plane(band, where, wide.data(), GDT_Float64);
            }
            std::decay_t<decltype(values)> filled = values;
            const auto fill = fill_value<Value>(validity);
            for (std::size_t i = 0; i < filled.size(); ++i)
                filled[i] = missing[i] != 0 ? fill : filled[i];
            return write_plane(band, where, filled.data(), type_of<Value>());
        },
        plane);
}

} // namespace

Layout layout_of(SourceImage& source, const std::vector<int>& bands, const Grid& grid, bool alpha_is_data) {
    GDALDataset& dataset = source.dataset();
    Layout layout;
    layout.grid = grid;
    layout.bands = bands;
    layout.planes = static_cast<int>(bands.size());
    GDALDataType type = dataset.GetRasterBand(bands.front())->GetRasterDataType();
    std::vector<std::optional<double>> nodata;
    for (std::size_t i = 0; i < bands.size(); ++i) {
        GDALRasterBand& band = *dataset.GetRasterBand(bands[i]);
        type = GDALDataTypeUnion(type, band.GetRasterDataType());
        if (bands[i] == source.alpha_band() && !alpha_is_data)
            layout.validity.alpha = static_cast<int>(i) + 1;
        else
            nodata.push_back(nodata_value(band));
    }
    layout.type = GDALGetDataTypeName(type);
    layout.is_signed_byte = type == GDT_Byte && source.is_signed_byte(bands.front());
    const bool hidden = layout.validity.alpha == 0 && source.alpha_band() != 0 && !alpha_is_data;
    const bool own_masks = has_own_mask(*dataset.GetRasterBand(1));
    const bool dataset_mask = source.alpha_band() == 0 && (has_mask(dataset) || own_masks);
    const bool equal =
        std::all_of(nodata.begin(), nodata.end(), [&](const auto& v) { return same(v, nodata.front()); });
    if (!nodata.empty() && equal)
        layout.validity.nodata = nodata.front();
    layout.validity.marks_missing = !equal && !dataset_mask && layout.validity.alpha == 0;
    if (layout.validity.alpha == 0)
        layout.validity.has_mask =
            hidden || dataset_mask || (!layout.validity.nodata && !layout.validity.marks_missing);
    return layout;
}

bool needs_extremes(const Layout& layout) {
    return layout.validity.marks_missing && !layout.validity.nodata;
}

void settle_by_extremes(SourceImage& source, const std::array<double, 2>& valid, Layout& layout) {
    const Mark mark = choose_mark(source.dataset(), valid);
    layout.type = mark.type;
    layout.is_signed_byte = layout.is_signed_byte && mark.type == "Byte";
    layout.validity.nodata = mark.value;
}

ImageWriter::ImageWriter(std::string path, Layout layout, DatasetHandle file)
    : path_(std::move(path)), layout_(std::move(layout)), file_(std::move(file)) {}

Result<ImageWriter> ImageWriter::make(const std::string& path, const Layout& layout, SourceImage* source) {
    const ThreadOption internal("GDAL_TIFF_INTERNAL_MASK", "YES");
    GDALDriver* const driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    if (driver == nullptr)
        return fail_internal("this GDAL has no GTiff driver");
    CPLStringList options = creation_options(layout, source);
    DatasetHandle file(driver->Create(path.c_str(), layout.grid.width, layout.grid.height, layout.planes,
                                      GDALGetDataTypeByName(layout.type.c_str()), options.List()));
    if (!file)
        return unwritten();
    CHECK_OK(place(layout.grid, *file));
    if (source != nullptr && source->dataset().GetMetadata() != nullptr)
        file->SetMetadata(source->dataset().GetMetadata());
    for (std::size_t i = 0; source != nullptr && i < layout.bands.size(); ++i)
        describe(*source->dataset().GetRasterBand(layout.bands[i]), *file->GetRasterBand(static_cast<int>(i) + 1));
    if (layout.validity.nodata)
        for (int band = 1; band <= layout.planes; ++band)
            if (band != layout.validity.alpha &&
                file->GetRasterBand(band)->SetNoDataValue(*layout.validity.nodata) != CE_None)
                return unwritten();
    if (layout.validity.has_mask && file->CreateMaskBand(GMF_PER_DATASET) != CE_None)
        return unwritten();
    return ImageWriter(path, layout, std::move(file));
}

Status ImageWriter::write(const Image& part, int column, int row, const Mask& blank) {
    const LevelRect where{column, row, part.grid.width, part.grid.height};
    Mask shown;
    for (std::size_t i = 0; i < part.planes.size(); ++i) {
        const Mask& mask = part.mask(i);
        Mask missing = blank;
        if (layout_.validity.marks_missing) {
            missing.resize(mask.size());
            for (std::size_t k = 0; k < mask.size(); ++k)
                missing[k] = mask[k] == 0 ? 1 : 0;
        }
        const bool is_alpha = static_cast<int>(i) + 1 == layout_.validity.alpha;
        CHECK_OK(write_values(*file_->GetRasterBand(static_cast<int>(i) + 1), where, part.planes[i], missing,
                              is_alpha ? Validity() : layout_.validity));
        if (!layout_.validity.has_mask)
            continue;
        shown.resize(mask.size());
        for (std::size_t k = 0; k < mask.size(); ++k)
            shown[k] = mask[k] != 0 || shown[k] != 0 ? 255 : 0;
    }
    return layout_.validity.has_mask
               ? write_plane(*file_->GetRasterBand(1)->GetMaskBand(), where, shown.data(), GDT_Byte)
               : Status();
}

Result<DatasetHandle> ImageWriter::finish() {
    const QuietErrors quiet;
    file_.reset();
    if (quiet.failed())
        return fail_internal("an image can't be written: " + quiet.text());
    DatasetHandle written = open_raster(path_, "GTiff");
    return written ? Result<DatasetHandle>(std::move(written)) : unwritten();
}

} // namespace landfall::raster
