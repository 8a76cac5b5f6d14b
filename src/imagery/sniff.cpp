#include "imagery/sniff.hpp"

#include "core/text.hpp"
#include "imagery/foreign_formats.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace landfall::imagery {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view bytes;
    std::size_t offset;
    FileKind kind;
    std::string_view driver, extension, media_type;
};

constexpr std::string_view kGeoTiff = "image/tiff; application=geotiff";

constexpr std::array kSignatures = {
    Signature{"II*\0"sv, 0, FileKind::Raster, "GTiff", "tif", kGeoTiff},
    Signature{"MM\0*"sv, 0, FileKind::Raster, "GTiff", "tif", kGeoTiff},
    Signature{"II+\0"sv, 0, FileKind::Raster, "GTiff", "tif", kGeoTiff},
    Signature{"MM\0+"sv, 0, FileKind::Raster, "GTiff", "tif", kGeoTiff},
    Signature{"\0\0\0\x0cjP  \r\n\x87\n"sv, 0, FileKind::Raster, "JP2OpenJPEG", "jp2", "image/jp2"},
    Signature{"\xff\x4f\xff\x51"sv, 0, FileKind::Raster, "JP2OpenJPEG", "j2k", "image/j2c"},
    Signature{"\x89PNG\r\n\x1a\n"sv, 0, FileKind::Raster, "PNG", "png", "image/png"},
    Signature{"\xff\xd8\xff"sv, 0, FileKind::Raster, "JPEG", "jpg", "image/jpeg"},
    Signature{"\x89HDF\r\n\x1a\n"sv, 0, FileKind::Raster, "netCDF", "nc", "application/netcdf"},
    Signature{"CDF\x01"sv, 0, FileKind::Raster, "netCDF", "nc", "application/netcdf"},
    Signature{"CDF\x02"sv, 0, FileKind::Raster, "netCDF", "nc", "application/netcdf"},
    Signature{"CDF\x05"sv, 0, FileKind::Raster, "netCDF", "nc", "application/netcdf"},
    Signature{"EHFA_HEADER_TAG"sv, 0, FileKind::Raster, "HFA", "img", "application/x-erdas-hfa"},
    Signature{"fgb\x03"sv, 0, FileKind::Vector, "FlatGeobuf", "fgb", "application/vnd.flatgeobuf"},
    Signature{"PK\x03\x04"sv, 0, FileKind::Archive, "ZIP", "zip", "application/zip"},
    Signature{"PK\x05\x06"sv, 0, FileKind::Archive, "ZIP", "zip", "application/zip"},
};

constexpr char kRecordSeparator = '\x1e'; ///< begins each text of a JSON sequence (RFC 8142)

constexpr std::string_view kUploadData = "Upload the raster or vector data itself.";

bool has_at(std::string_view head, std::size_t offset, std::string_view bytes) {
    return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
}

Sniffed found(FileKind kind, std::string_view driver, std::string_view extension, std::string_view media_type) {
    return {kind, std::string(driver), std::string(extension), std::string(media_type),
            fmt::format("input.{}", extension)};
}

tl::unexpected<Error> refuse(std::string_view what, std::string_view help) {
    return fail(Code::InvalidArgument, fmt::format("The file is {}. {}", what, help));
}

/// The text without byte-order mark and leading white space, and without NUL bytes, so that UTF-16 reads as ASCII.
std::string plain_text(std::string_view head) {
    std::string text;
    text.reserve(head.size());
    if (has_at(head, 0, "\xef\xbb\xbf"))
        head.remove_prefix(3);
    else if (has_at(head, 0, "\xff\xfe") || has_at(head, 0, "\xfe\xff"))
        head.remove_prefix(2);
    for (const char c : head)
        if (c != '\0')
            text += c;
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    return start == std::string::npos ? std::string() : text.substr(start);
}

/// The name of the first element of XML text, lower case and with its prefix; empty if there is none.
std::string root_element(std::string_view text) {
    std::size_t at = 0;
    while ((at = text.find('<', at)) != std::string_view::npos) {
        if (has_at(text, at, "<!--")) {
            at = text.find("-->", at);
        } else if (has_at(text, at, "<?") || has_at(text, at, "<!")) {
            ++at;
        } else {
            const std::size_t end = text.find_first_of(" \t\r\n/>", at + 1);
            return end == std::string_view::npos ? std::string() : lower_case(text.substr(at + 1, end - at - 1));
        }
        if (at == std::string_view::npos)
            break;
    }
    return {};
}

Result<Sniffed> sniff_xml(const std::string& text) {
    const std::string root = root_element(text);
    if (root == "html" || lower_case(text.substr(0, 14)) == "<!doctype html")
        return refuse("a web page", "If it came from a download, the download failed. Upload the data itself.");
    if (has_xml_declarations(text))
        return refuse("XML with a document type or entity declaration",
                      "Such declarations are not accepted; save the file without them.");
    if (root == "vrtdataset" || root == "ogrvrtdatasource")
        return refuse("a GDAL virtual dataset (VRT), which only points to other files",
                      "Build a GeoTIFF from it with gdal_translate and upload that.");
    if (root == "svg")
        return refuse("an SVG drawing", kUploadData);
    if (root == "kml" || root.ends_with(":kml"))
        return found(FileKind::Vector, "KML", "kml", "application/vnd.google-earth.kml+xml");
    if (root == "gpx" || root.find("featurecollection") != std::string::npos)
        return refuse("a GPX or GML file", "Convert it to GeoJSON with ogr2ogr and upload that.");
    return refuse("XML that holds no data Landfall knows", "KML is the only XML format that is accepted.");
}

/// `rest`: bytes of the file past the text.
Result<Sniffed> sniff_json(const std::string& text, std::uint64_t rest) {
    const bool has_features = text.find("\"Feature") != std::string::npos;
    if (!has_features && text.find("\"Topology\"") != std::string::npos)
        return refuse("TopoJSON", "Convert it to GeoJSON and upload that.");
    if (!has_features && text.find("\"esriGeometry") != std::string::npos)
        return found(FileKind::Vector, "ESRIJSON", "json", "application/json");
    static constexpr std::array kMarks = {"\"FeatureCollection\"", "\"Feature\"",      "\"Point\"",
                                          "\"MultiPoint\"",        "\"LineString\"",   "\"MultiLineString\"",
                                          "\"Polygon\"",           "\"MultiPolygon\"", "\"GeometryCollection\"",
                                          "\"features\"",          "\"coordinates\""};
    for (const std::string_view mark : kMarks)
        if (text.find(mark) != std::string::npos)
            return found(FileKind::Vector, "GeoJSON", "geojson", "application/geo+json");
    if (rest > 0)
        return refuse(fmt::format("JSON, but its first {} bytes do not tell whether it is GeoJSON", kSniffBytes),
                      R"(Write "type": "FeatureCollection" before long members such as metadata.)");
    return refuse("JSON, but not GeoJSON", "Upload a FeatureCollection, a Feature or a geometry.");
}

Result<Sniffed> sniff_sqlite(std::string_view head) {
    if (has_at(head, 68, "GPKG") || has_at(head, 68, "GP10") || has_at(head, 68, "GP11"))
        return found(FileKind::Vector, "GPKG", "gpkg", "application/geopackage+sqlite3");
    const auto mentions = [&](std::string_view word) { return head.find(word) != std::string_view::npos; };
    if (has_at(head, 68, "MPBX") || (mentions("tile_column") && mentions("metadata") && !mentions("gpkg_")))
        return refuse("an MBTiles tile set", "Upload the imagery it was made from, or convert it to GeoTIFF: "
                                             "gdal_translate tiles.mbtiles imagery.tif.");
    return refuse("an SQLite database, but not a GeoPackage",
                  "Convert it to GeoPackage, for example with ogr2ogr, and upload that.");
}

bool is_hgt_size(std::uint64_t size) {
    constexpr std::array<std::uint64_t, 3> kSizes = {2ULL * 1201 * 1201, 2ULL * 3601 * 3601, 2ULL * 1801 * 3601};
    return std::find(kSizes.begin(), kSizes.end(), size) != kSizes.end();
}

/// Whether the text is six numbers and nothing else (a world file). A comma may be a decimal point, as for GDAL.
bool is_six_numbers(std::string text) {
    std::replace(text.begin(), text.end(), ',', '.');
    int count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (std::isspace(static_cast<unsigned char>(*at)) != 0 || *at == '+') {
            ++at;
            continue;
        }
        double value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc() || !std::isfinite(value))
            return false;
        at = next;
        ++count;
    }
    return count == 6;
}

bool is_wkt(std::string_view text) {
    static constexpr std::array kWords = {"PROJCS",  "GEOGCS",  "GEOCCS",   "COMPD_CS",    "LOCAL_CS", "PROJCRS",
                                          "GEOGCRS", "GEODCRS", "BOUNDCRS", "COMPOUNDCRS", "ENGCRS",   "VERT_CS"};
    const std::size_t bracket = text.find('[');
    return bracket != std::string_view::npos &&
           std::find(kWords.begin(), kWords.end(), text.substr(0, bracket)) != kWords.end();
}

/// Whether it is the older form of a .prj file, lines of keyword and value, as ArcInfo wrote it.
bool is_arcinfo_projection(std::string_view text) {
    return lower_case(text.substr(0, 10)) == "projection" && text.size() > 10 &&
           std::isspace(static_cast<unsigned char>(text[10])) != 0;
}

/// Whether it is the text of rational polynomial coefficients, as .RPB or _RPC.TXT files hold it.
bool is_camera_model(std::string_view text) {
    const std::string lowered = lower_case(text);
    return is_utf8(text.substr(0, text.size() > 16 ? text.size() - 4 : text.size())) &&
           (lowered.find("lineoffset") != std::string::npos || lowered.find("line_off") != std::string::npos);
}

/// What is wrong with a sidecar of bytes; empty if nothing is, absent if it is a text.
std::optional<std::string_view> binary_sidecar_fault(std::string_view suffix, std::string_view head) {
    const auto unless = [](bool good, std::string_view fault) { return good ? ""sv : fault; };
    if (suffix == "ovr" || suffix == "msk")
        return unless(std::any_of(kSignatures.begin(), kSignatures.begin() + 4,
                                  [&](const Signature& mark) { return has_at(head, 0, mark.bytes); }),
                      "it is no TIFF file");
    if (suffix == "shx")
        return unless(has_at(head, 0, "\0\0\x27\x0a"sv), "it is no Shapefile index");
    if (suffix == "dbf")
        return unless(!head.empty() && (static_cast<unsigned char>(head[0]) & 7U) == 3U, "it is no dBASE table");
    return std::nullopt;
}

/// Whether a sidecar's content is what its suffix says; the reason if not.
std::string_view sidecar_fault(std::string_view suffix, std::string_view head) {
    if (const auto fault = binary_sidecar_fault(suffix, head))
        return *fault;
    const auto unless = [](bool good, std::string_view fault) { return good ? ""sv : fault; };
    const std::string text = plain_text(head);
    if (suffix == "aux.xml" && has_xml_declarations(text))
        return "it declares a document type or entity, which is not accepted";
    if (suffix == "aux.xml")
        return unless(root_element(text) == "pamdataset", "its root element is not PAMDataset");
    if (suffix == "prj" || suffix == "qpj")
        return unless(is_wkt(text) || is_arcinfo_projection(text), "it holds no coordinate system as WKT");
    if (suffix == "cpg")
        return unless(text.size() <= 64 && is_utf8(text), "it names no code page");
    if (suffix == "rpb" || suffix == "rpc.txt")
        return unless(is_camera_model(text), "it holds no camera model (rational polynomial coefficients)");
    return unless(is_six_numbers(text), "a world file holds six numbers and nothing else");
}

Result<Sniffed> sniff_sidecar(const std::string& suffix, std::string_view head) {
    if (const std::string_view fault = sidecar_fault(suffix, head); !fault.empty())
        return fail(Code::InvalidArgument,
                    fmt::format("The sidecar file cannot be used: {}. Correct it or leave it out.", fault));
    std::string_view media = "text/plain";
    if (suffix == "aux.xml")
        media = "application/xml";
    else if (suffix == "ovr" || suffix == "msk")
        media = "image/tiff";
    else if (suffix == "shx" || suffix == "dbf")
        media = "application/octet-stream";
    return found(FileKind::Sidecar, "", suffix, media);
}

/// Whether it is an Esri ASCII grid, whose header has its lines in any order.
bool is_ascii_grid(std::string_view text) {
    static constexpr std::array kWords = {"ncols"sv,     "nrows"sv,    "xllcorner"sv, "xllcenter"sv, "yllcorner"sv,
                                          "yllcenter"sv, "cellsize"sv, "dx"sv,        "dy"sv};
    const std::string lowered = lower_case(text.substr(0, 512));
    const std::string_view first = std::string_view(lowered).substr(0, lowered.find_first_of(" \t"));
    return std::ranges::find(kWords, first) != kWords.end() && lowered.find("ncols") != std::string::npos &&
           lowered.find("nrows") != std::string::npos;
}

Result<Sniffed> sniff_text(std::string_view head, std::uint64_t rest) {
    const std::string text = plain_text(head);
    if (text.empty())
        return refuse("blank: it holds white space or zeros only", kUploadData);
    if (text[0] == '<')
        return sniff_xml(text);
    if (text[0] == '{')
        return sniff_json(text, rest);
    if (text[0] == kRecordSeparator && text.find("\"type\"") != std::string::npos)
        return found(FileKind::Vector, "GeoJSONSeq", "geojsons", "application/geo+json-seq");
    if (is_ascii_grid(text))
        return found(FileKind::Raster, "AAIGrid", "asc", "text/plain");
    if (const auto foreign = foreign_text(text))
        return refuse(foreign->what, foreign->help);
    if (is_utf8(text.substr(0, text.size() > 16 ? text.size() - 4 : text.size())))
        return refuse("plain text", kUploadData);
    return refuse("of a kind Landfall does not know",
                  "Accepted are GeoTIFF, JPEG 2000, PNG, JPEG, WebP, netCDF, Erdas Imagine, SRTM .hgt, GeoPackage, "
                  "FlatGeobuf, GeoJSON, Esri JSON, KML and zipped Shapefiles.");
}

} // namespace

std::string_view format_name(std::string_view driver) {
    struct Name {
        std::string_view driver, name;
    };
    static constexpr std::array kNames = {Name{"GTiff", "GeoTIFF"},
                                          Name{"JP2OpenJPEG", "JPEG 2000"},
                                          Name{"WEBP", "WebP"},
                                          Name{"HFA", "Erdas Imagine"},
                                          Name{"SRTMHGT", "an SRTM tile"},
                                          Name{"AAIGrid", "an Esri ASCII grid"},
                                          Name{"GPKG", "GeoPackage"},
                                          Name{"ESRI Shapefile", "Shapefile"},
                                          Name{"ESRIJSON", "Esri JSON"},
                                          Name{"GeoJSONSeq", "newline-delimited GeoJSON"}};
    const auto* const at =
        std::find_if(kNames.begin(), kNames.end(), [&](const Name& n) { return n.driver == driver; });
    return at == kNames.end() ? driver : at->name;
}

bool is_media_type_of_data(std::string_view media_type) {
    static constexpr std::array kOthers = {kCogMediaType,
                                           "application/vnd.google-earth.kml+xml"sv,
                                           "application/json"sv,
                                           "application/geo+json"sv,
                                           "application/geo+json-seq"sv,
                                           "application/geopackage+sqlite3"sv,
                                           "application/x-hgt"sv,
                                           "application/vnd.shp"sv,
                                           "image/webp"sv,
                                           "text/plain"sv};
    return std::any_of(kSignatures.begin(), kSignatures.end(),
                       [&](const Signature& mark) { return mark.media_type == media_type; }) ||
           std::find(kOthers.begin(), kOthers.end(), media_type) != kOthers.end();
}

bool has_xml_declarations(std::string_view text) {
    std::string flat;
    flat.reserve(text.size());
    for (const char c : text)
        if (c != '\0')
            flat += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return flat.find("<!doctype") != std::string::npos || flat.find("<!entity") != std::string::npos;
}

std::string srtm_tile_name(std::string_view file_name) {
    const std::size_t slash = file_name.find_last_of("/\\");
    if (slash != std::string_view::npos)
        file_name.remove_prefix(slash + 1);
    if (file_name.size() < 7)
        return {};
    std::string name(file_name.substr(0, 7));
    for (char& c : name)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto digits = [&](std::size_t from, std::size_t count) {
        return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(from),
                           name.begin() + static_cast<std::ptrdiff_t>(from + count),
                           [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool shaped =
        (name[0] == 'N' || name[0] == 'S') && (name[3] == 'E' || name[3] == 'W') && digits(1, 2) && digits(4, 3);
    return shaped ? name : std::string();
}

Result<Sniffed> sniff(std::string_view head, std::string_view file_name, std::uint64_t size) {
    head = head.substr(0, kSniffBytes);
    if (size == 0 || head.empty())
        return refuse("empty", "Upload it again.");
    if (const auto suffix = sidecar_suffix(file_name))
        return sniff_sidecar(*suffix, head);
    const std::string tile = srtm_tile_name(file_name);
    if (!tile.empty() && is_hgt_size(size) && lower_case(file_name).ends_with(".hgt")) {
        Sniffed hgt = found(FileKind::Raster, "SRTMHGT", "hgt", "application/x-hgt");
        hgt.safe_name = tile + ".hgt";
        return hgt;
    }
    for (const Signature& mark : kSignatures)
        if (has_at(head, mark.offset, mark.bytes))
            return found(mark.kind, mark.driver, mark.extension, mark.media_type);
    if (has_at(head, 0, "RIFF") && has_at(head, 8, "WEBP"))
        return found(FileKind::Raster, "WEBP", "webp", "image/webp");
    if (has_at(head, 0, "\0\0\x27\x0a"sv) && has_at(head, 28, "\xe8\x03\0\0"sv))
        return found(FileKind::Vector, "ESRI Shapefile", "shp", "application/vnd.shp");
    if (has_at(head, 0, "SQLite format 3\0"sv))
        return sniff_sqlite(head);
    if (const auto foreign = foreign_format(head))
        return refuse(foreign->what, foreign->help);
    return sniff_text(head, size - std::min<std::uint64_t>(size, head.size()));
}

} // namespace landfall::imagery
