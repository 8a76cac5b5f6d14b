#include "imagery/foreign_formats.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace landfall::imagery {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxLine = 4096;

struct Signature {
    std::string_view bytes;
    std::size_t offset;
    ForeignFormat format;
};

constexpr auto kToGeoTiff = "Convert it to GeoTIFF, for example with gdal_translate, and upload that."sv;
constexpr auto kLicensed = "Convert it to GeoTIFF where its codec is licensed, for example with QGIS or with "
                           "gdal_translate of a GDAL that has it, and upload that."sv;
constexpr auto kToGeoPackage = "Convert it to GeoPackage, for example with ogr2ogr, and upload that."sv;
constexpr auto kPoints = "Point clouds are not supported. Make a raster of it, for example with pdal translate "
                         "cloud.las surface.tif, and upload that."sv;
constexpr auto kUnpack = "Unpack it and upload the files, or pack them as a ZIP."sv;
constexpr auto kUploadData = "Upload the raster or vector data itself."sv;

constexpr std::array kSignatures = {
    Signature{"\x7f"
              "ELF"sv,
              0,
              {"a program", kUploadData}},
    Signature{"MZ"sv, 0, {"a program", kUploadData}},
    Signature{"#!"sv, 0, {"a script", kUploadData}},
    Signature{"\xcf\xfa\xed\xfe"sv, 0, {"a program", kUploadData}},
    Signature{"%PDF"sv, 0, {"a PDF document", kToGeoTiff}},
    Signature{"GIF8"sv, 0, {"a GIF image", kToGeoTiff}},
    Signature{"BM"sv, 0, {"a BMP image", kToGeoTiff}},
    Signature{"NITF"sv, 0, {"a NITF image", kToGeoTiff}},
    Signature{"NSIF"sv, 0, {"an NSIF image", kToGeoTiff}},
    Signature{"GRIB"sv, 0, {"a GRIB file", kToGeoTiff}},
    Signature{"\x0e\x03\x13\x01"sv, 0, {"an HDF4 file", kToGeoTiff}},
    Signature{"\x65\x02"sv, 0, {"an ECW image", kLicensed}},
    Signature{"\x65\x03"sv, 0, {"an ECW image", kLicensed}},
    Signature{"msid"sv, 0, {"a MrSID image", kLicensed}},
    Signature{"PMTiles"sv,
              0,
              {"a PMTiles tile set", "Upload the data it was made from; raster tiles are converted by pmtiles "
                                     "convert tiles.pmtiles tiles.mbtiles and gdal_translate tiles.mbtiles "
                                     "imagery.tif, vector tiles by ogr2ogr data.gpkg tiles.pmtiles."}},
    Signature{"LASF"sv, 0, {"a LAS or LAZ point cloud", kPoints}},
    Signature{"AutoCAD Binary DXF"sv, 0, {"a DXF drawing", kToGeoPackage}},
    Signature{
        "AC10"sv, 0, {"a DWG drawing", "Save it as DXF, convert that to GeoPackage with ogr2ogr, and upload it."}},
    Signature{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, 0, {"an Office document", kUploadData}},
    Signature{"\x1f\x8b"sv, 0, {"a gzip archive", kUnpack}},
    Signature{"BZh"sv, 0, {"a bzip2 archive", kUnpack}},
    Signature{"\xfd"
              "7zXZ"sv,
              0,
              {"an xz archive", kUnpack}},
    Signature{"7z\xbc\xaf"sv, 0, {"a 7-Zip archive", kUnpack}},
    Signature{"Rar!"sv, 0, {"a RAR archive", kUnpack}},
    Signature{"ustar"sv, 257, {"a tar archive", kUnpack}},
    Signature{"\x28\xb5\x2f\xfd"sv, 0, {"a Zstandard archive", kUnpack}},
    Signature{"PAR1"sv, 0, {"a Parquet file", kToGeoPackage}},
};

/// The whole lines of a text, without their ends; a cut last one is left out.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos && end <= kMaxLine;) {
        lines.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
    if (lines.empty() && text.size() <= kMaxLine)
        lines.push_back(trimmed(text));
    return lines;
}

bool is_number(std::string_view word) {
    return number_in<double>(word).has_value();
}

std::vector<std::string> words_of(std::string_view line, std::string_view separators) {
    std::vector<std::string> words;
    std::size_t start = 0;
    while (start <= line.size()) {
        const std::size_t end = std::min(line.find_first_of(separators, start), line.size());
        words.emplace_back(trimmed(line.substr(start, end - start)));
        start = end + 1;
    }
    return words;
}

/// Lines of three numbers: x, y and a value. A first line of names may come before them.
bool is_xyz(const std::vector<std::string_view>& lines) {
    std::size_t points = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::vector<std::string> words = words_of(lines[i], " \t,;");
        std::erase(words, "");
        if (words.size() == 3 && std::ranges::all_of(words, is_number))
            ++points;
        else if (i > 0 && !words.empty())
            return false;
    }
    return points > 1;
}

/// Lines with as many fields, more than one, as the first.
bool is_table(const std::vector<std::string_view>& lines) {
    if (lines.size() < 2)
        return false;
    return std::ranges::any_of(std::array{","sv, ";"sv, "\t"sv}, [&](std::string_view separator) {
        const std::size_t fields = words_of(lines.front(), separator).size();
        const auto alike = std::ranges::count_if(
            lines, [&](std::string_view line) { return words_of(line, separator).size() == fields; });
        // Quoted fields may hold the separator.
        return fields > 1 && static_cast<std::size_t>(alike) * 2 > lines.size();
    });
}

/// Pairs of a group code and a value, a section first; comments have the code 999.
bool is_dxf(const std::vector<std::string_view>& lines) {
    std::size_t at = 0;
    while (at + 1 < lines.size() && lines[at] == "999")
        at += 2;
    return at + 1 < lines.size() && lines[at] == "0" && lines[at + 1] == "SECTION";
}

} // namespace

std::optional<ForeignFormat> foreign_format(std::string_view head) {
    for (const Signature& known : kSignatures)
        if (head.size() >= known.offset && head.substr(known.offset).starts_with(known.bytes))
            return known.format;
    return std::nullopt;
}

std::optional<ForeignFormat> foreign_text(std::string_view text) {
    const auto lines = lines_of(text);
    if (is_dxf(lines))
        return ForeignFormat{"a DXF drawing", kToGeoPackage};
    if (is_xyz(lines))
        return ForeignFormat{"a list of points (XYZ)",
                             "Make a raster of it: gdal_translate points.xyz surface.tif where the points are a grid, "
                             "gdal_grid where they are scattered. Then upload that."};
    if (is_table(lines) && is_utf8(text.substr(0, text.size() > 16 ? text.size() - 4 : text.size())))
        return ForeignFormat{"a table of text (CSV)",
                             "Convert it to GeoPackage, for example with ogr2ogr -oo X_POSSIBLE_NAMES=lon -oo "
                             "Y_POSSIBLE_NAMES=lat -a_srs EPSG:4326 places.gpkg places.csv, and upload that."};
    return std::nullopt;
}

} // namespace landfall::imagery
