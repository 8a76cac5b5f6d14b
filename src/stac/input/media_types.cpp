#include "stac/input/media_types.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace landfall::stac {
namespace {

struct MediaType {
    std::string_view name;
    std::string_view extension;
    std::string_view other = {}; ///< a second one
};

constexpr std::array<MediaType, 60> kMediaTypes{{
    {"application/vnd.apache.parquet", ".parquet"},
    {"application/x.ascii-grid+zip", ".zip"},
    {"application/x.ascii-xyz+zip", ".zip"},
    {"application/x.e00+zip", ".zip"},
    {"application/x.geotiff+zip", ".zip"},
    {"image/tiff; application=geotiff", ".tiff", ".tif"},
    {"application/x.tiff+zip", ".zip"},
    {"application/x.png+zip", ".zip"},
    {"application/x.jpeg+zip", ".zip"},
    {"application/vnd.google-earth.kml+xml", ".kml"},
    {"application/vnd.google-earth.kmz", ".kmz"},
    {"application/x.dxf+zip", ".zip"},
    {"application/gml+xml", ".gml", ".xml"},
    {"application/x.gml+zip", ".zip"},
    {"application/vnd.las", ".las"},
    {"application/vnd.laszip", ".laz", ".zip"},
    {"application/x.vnd.las+zip", ".zip"},
    {"application/vnd.laszip+copc", ".zip", ".laz"},
    {"application/x.shapefile+zip", ".zip"},
    {"application/x.filegdb+zip", ".zip"},
    {"application/x.filegdbp+zip", ".zip"},
    {"application/x.ms-access+zip", ".zip"},
    {"application/x.ms-excel+zip", ".zip"},
    {"application/x.tab+zip", ".zip"},
    {"application/x.tab-raster+zip", ".zip"},
    {"application/x.csv+zip", ".zip"},
    {"text/csv", ".csv"},
    {"application/geopackage+sqlite3", ".gpkg"},
    {"application/x.geopackage+zip", ".zip"},
    {"application/geo+json", ".json", ".geojson"},
    {"application/x.geojson+zip", ".zip"},
    {"application/x.interlis; version=2.3", ".xtf", ".xml"},
    {"application/x.interlis+zip; version=2.3", ".zip"},
    {"application/x.interlis; version=2.4", ".xtf", ".xml"},
    {"application/x.interlis+zip; version=2.4", ".zip"},
    {"application/x.interlis; version=1", ".itf"},
    {"application/x.interlis+zip; version=1", ".zip"},
    {"image/tiff; application=geotiff; profile=cloud-optimized", ".tiff", ".tif"},
    {"application/pdf", ".pdf"},
    {"application/x.pdf+zip", ".zip"},
    {"application/json", ".json"},
    {"application/x.json+zip", ".zip"},
    {"application/x-netcdf", ".nc"},
    {"application/x.netcdf+zip", ".zip"},
    {"application/xml", ".xml"},
    {"application/x.xml+zip", ".zip"},
    {"application/vnd.mapbox-vector-tile", ".mbtiles"},
    {"text/plain", ".txt"},
    {"text/x.plain+zip", ".zip"},
    {"application/x.dwg+zip", ".zip"},
    {"application/zip", ".zip"},
    {"image/tiff", ".tiff", ".tif"},
    {"image/jpeg", ".jpeg", ".jpg"},
    {"image/png", ".png"},
    {"application/vnd.sqlite3", ".sqlite"},
    {"application/grib", ".grib", ".grib2"},
    {"application/x-hdf5", ".h5"},
    {"application/x.aixm", ".aixm"},
    {"application/x.aixm+zip", ".zip"},
    {"application/x-tar", ".tar"},
}};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The parts between semicolons.
std::string_view next_part(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return trimmed(part);
}

} // namespace

std::optional<std::string> normalized_media_type(std::string_view text) {
    constexpr std::size_t kLongest = 255;
    if (text.size() > kLongest)
        return std::nullopt;
    std::string normal = lower_case(next_part(text));
    std::map<std::string, std::string> parameters;
    while (!text.empty()) {
        const std::string_view parameter = next_part(text);
        const auto equals = parameter.find('=');
        if (equals == std::string_view::npos ||
            !parameters.emplace(lower_case(trimmed(parameter.substr(0, equals))), trimmed(parameter.substr(equals + 1)))
                 .second)
            return std::nullopt;
    }
    for (const auto& [name, value] : parameters)
        normal += "; " + name + "=" + value;
    const bool known = std::ranges::find(kMediaTypes, normal, &MediaType::name) != kMediaTypes.end();
    return known ? std::optional(std::move(normal)) : std::nullopt;
}

std::string_view extension_of(std::string_view id) {
    const auto dot = id.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : id.substr(dot);
}

bool is_known_extension(std::string_view extension) {
    return !extension.empty() && std::ranges::any_of(kMediaTypes, [&](const MediaType& type) {
        return type.extension == extension || type.other == extension;
    });
}

bool has_extension(std::string_view media_type, std::string_view extension) {
    const auto* const found = std::ranges::find(kMediaTypes, media_type, &MediaType::name);
    return found != kMediaTypes.end() && (found->extension == extension || found->other == extension);
}

} // namespace landfall::stac
