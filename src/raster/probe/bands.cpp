#include "raster/probe/bands.hpp"

#include "core/text.hpp"
#include "imagery/cf_time.hpp"
#include "raster/open/drivers.hpp"
#include "raster/read/masks.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <gdal_rat.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxName = 200;
constexpr int kMaxColors = 65536;
constexpr int kMaxLabelBytes = 256;

ColorEntry color_of(int value, const GDALColorEntry& from) {
    const auto part = [](short channel) { return static_cast<std::uint8_t>(std::clamp<int>(channel, 0, 255)); };
    return {value, {part(from.c1), part(from.c2), part(from.c3), part(from.c4)}, {}};
}

std::string role_of(GDALColorInterp role) {
    switch (role) {
    case GCI_GrayIndex:
        return "gray";
    case GCI_PaletteIndex:
        return "palette";
    case GCI_RedBand:
        return "red";
    case GCI_GreenBand:
        return "green";
    case GCI_BlueBand:
        return "blue";
    case GCI_AlphaBand:
        return "alpha";
    case GCI_Undefined:
        return "undefined";
    default:
        return lower_case(GDALGetColorInterpretationName(role));
    }
}

/// Columns of an attribute table that matter; -1 for one that is missing.
struct TableColumns {
    int value = -1, name = -1;
    std::array<int, 4> rgba = {-1, -1, -1, -1};
};

TableColumns find_columns(const GDALRasterAttributeTable& table) {
    TableColumns columns;
    columns.value = table.GetColOfUsage(GFU_MinMax);
    if (columns.value < 0)
        columns.value = table.GetColOfUsage(GFU_Min);
    columns.name = table.GetColOfUsage(GFU_Name);
    columns.rgba = {table.GetColOfUsage(GFU_Red), table.GetColOfUsage(GFU_Green), table.GetColOfUsage(GFU_Blue),
                    table.GetColOfUsage(GFU_Alpha)};
    for (int i = 0; i < table.GetColumnCount(); ++i) {
        const std::string title = lower_case(table.GetNameOfCol(i));
        if (columns.value < 0 && table.GetTypeOfCol(i) != GFT_String && (title == "value" || title == "code"))
            columns.value = i;
        if (columns.name < 0 && table.GetTypeOfCol(i) == GFT_String)
            columns.name = i;
    }
    return columns;
}

void set_label(std::map<int, ColorEntry>& entries, int value, std::string_view label, bool may_add) {
    const std::string text = clean_utf8(trimmed(label), kMaxLabelBytes);
    const auto at = entries.find(value);
    if (text.empty() || (at == entries.end() && !may_add))
        return;
    if (at == entries.end())
        entries.emplace(value, ColorEntry{value, {0, 0, 0, 255}, text});
    else
        at->second.label = text;
}

/// Whether rows stand for ranges of values, as the legend of a measurement has them, and not for classes.
bool has_ranges(const GDALRasterAttributeTable& table) {
    return table.GetColOfUsage(GFU_MinMax) < 0 && table.GetColOfUsage(GFU_Max) >= 0;
}

void read_table(const GDALRasterAttributeTable& table, std::map<int, ColorEntry>& entries) {
    if (has_ranges(table))
        return;
    const TableColumns columns = find_columns(table);
    const bool has_palette = !entries.empty();
    const int rows = std::min(table.GetRowCount(), kMaxColors);
    const auto channel = [&](int row, int column, int otherwise) {
        const int value = column < 0 ? otherwise : table.GetValueAsInt(row, column);
        return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
    };
    for (int row = 0; row < rows; ++row) {
        const double number = columns.value < 0 ? row : table.GetValueAsDouble(row, columns.value);
        if (!(std::abs(number) < 1e9) || std::trunc(number) != number)
            continue;
        const int value = static_cast<int>(number);
        const bool has_color = columns.rgba[0] >= 0 && columns.rgba[1] >= 0 && columns.rgba[2] >= 0;
        if (has_color && !has_palette)
            entries[value] = {value,
                              {channel(row, columns.rgba[0], 0), channel(row, columns.rgba[1], 0),
                               channel(row, columns.rgba[2], 0), channel(row, columns.rgba[3], 255)},
                              {}};
        if (columns.name >= 0)
            set_label(entries, value, table.GetValueAsString(row, columns.name), has_color);
    }
}

bool is_thematic(GDALRasterBand& band) {
    const GDALRasterAttributeTable* const table = band.GetDefaultRAT();
    if (table == nullptr || table->GetRowCount() == 0 || table->GetTableType() != GRTT_THEMATIC)
        return false;
    return find_columns(*table).name >= 0;
}

std::vector<ColorEntry> read_colors(GDALRasterBand& band) {
    std::map<int, ColorEntry> entries;
    if (GDALColorTable* const palette = band.GetColorTable(); palette != nullptr) {
        for (int i = 0; i < std::min(palette->GetColorEntryCount(), kMaxColors); ++i) {
            GDALColorEntry rgba{};
            if (palette->GetColorEntryAsRGB(i, &rgba) != 0)
                entries.emplace(i, color_of(i, rgba));
        }
    }
    if (const GDALRasterAttributeTable* const table = band.GetDefaultRAT(); table != nullptr)
        read_table(*table, entries);
    if (char** const names = band.GetCategoryNames(); names != nullptr)
        for (int i = 0; names[i] != nullptr && i < kMaxColors; ++i)
            set_label(entries, i, names[i], false);
    std::vector<ColorEntry> colors;
    colors.reserve(entries.size());
    for (auto& [value, entry] : entries)
        colors.push_back(std::move(entry));
    return colors;
}

BandFacts read_band(GDALRasterBand& band) {
    BandFacts facts;
    facts.description = clean_utf8(trimmed(band.GetDescription()), kMaxText);
    facts.data_type = stac_type(band);
    facts.nodata = nodata_value(band);
    int has = 0;
    const double scale = band.GetScale(&has);
    const double offset = band.GetOffset(nullptr);
    if (std::isfinite(scale) && std::isfinite(offset) && (scale != 1 || offset != 0)) {
        facts.scale = scale;
        facts.offset = offset;
    }
    if (const char* const unit = band.GetUnitType(); unit != nullptr)
        facts.unit = clean_utf8(trimmed(unit), kMaxText);
    facts.color_interpretation = role_of(band.GetColorInterpretation());
    facts.colors = read_colors(band);
    return facts;
}

/// `1999-01-16`, with `T12:00` where it is not midnight, of a number on an axis of time; else the text as it is.
std::string coordinate_text(const std::string& value, const char* units, const char* calendar) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (units == nullptr || end == value.c_str() || *end != '\0')
        return value;
    const auto at = imagery::cf_instant(units, calendar == nullptr ? "" : calendar, number);
    if (!at)
        return value;
    const std::string text = format_rfc3339(*at).substr(0, std::string_view("1999-01-16T12:00").size());
    return text.ends_with("T00:00") ? text.substr(0, text.find('T')) : text;
}

/// Where a netCDF band lies on the axes that are no map: `time=1999-01-16`, `level=850`.
std::string coordinates_of(GDALDataset& dataset, GDALRasterBand& band) {
    constexpr std::string_view kAxis = "NETCDF_DIM_";
    std::string text;
    for (char** item = band.GetMetadata(); item != nullptr && *item != nullptr; ++item) {
        const std::string_view entry = *item;
        const std::size_t equals = entry.find('=');
        if (!entry.starts_with(kAxis) || equals == std::string_view::npos)
            continue;
        const std::string axis(entry.substr(kAxis.size(), equals - kAxis.size()));
        const std::string value(entry.substr(equals + 1));
        const char* const units = dataset.GetMetadataItem(fmt::format("{}#units", axis).c_str());
        const char* const calendar = dataset.GetMetadataItem(fmt::format("{}#calendar", axis).c_str());
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", axis, coordinate_text(value, units, calendar));
    }
    return clean_utf8(text, kMaxName);
}

std::string plain_name(const BandFacts& band, int number, std::size_t count) {
    if (!band.description.empty())
        return clean_utf8(band.description, kMaxName);
    const std::string& role = band.color_interpretation;
    const bool colour = role == "red" || role == "green" || role == "blue" || role == "alpha";
    return colour || (role == "gray" && count <= 2) ? role : fmt::format("b{}", number);
}

void name_bands(std::vector<BandFacts>& bands) {
    std::set<std::string> taken;
    int number = 0;
    for (BandFacts& band : bands) {
        const std::string wanted = plain_name(band, ++number, bands.size());
        band.name = wanted;
        for (int i = 2; !taken.insert(band.name).second; ++i)
            band.name = fmt::format("{}_{}", wanted, i);
    }
}

} // namespace

std::string stac_type(GDALRasterBand& band) {
    if (band.GetRasterDataType() == GDT_Byte)
        return is_signed_byte(band) ? "int8" : "uint8";
    return lower_case(GDALGetDataTypeName(band.GetRasterDataType()));
}

std::vector<BandFacts> read_bands(GDALDataset& dataset) {
    const QuietErrors quiet;
    std::vector<BandFacts> bands;
    const int count = std::min(dataset.GetRasterCount(), kMaxListedBands);
    for (int i = 1; i <= count; ++i) {
        bands.push_back(read_band(*dataset.GetRasterBand(i)));
        if (bands.back().description.empty() && count > 1)
            bands.back().description = coordinates_of(dataset, *dataset.GetRasterBand(i));
    }
    name_bands(bands);
    return bands;
}

bool has_classes(GDALDataset& dataset) {
    const QuietErrors quiet;
    if (dataset.GetRasterCount() == 0)
        return false;
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    return !read_colors(band).empty() || is_thematic(band) || band.GetCategoryNames() != nullptr;
}

} // namespace landfall::raster
