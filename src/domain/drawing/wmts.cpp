#include "domain/drawing/wmts.hpp"

#include "catalog/items/profile.hpp"
#include "core/text.hpp"
#include "core/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace landfall::domain {
namespace {

constexpr double kHalfWorld = std::numbers::pi * 6378137.0; ///< metres
constexpr int kTileSize = 256;
constexpr double kStandardPixel = 0.00028; ///< metres, by which scale denominators are counted

/// A style as clients name it: its name where that can stand in a URL as it is, else its id.
std::string style_of(const catalog::ProfileRow& profile) {
    const bool plain = !profile.name.empty() && profile.name != kWmtsDefaultStyle && profile.name.front() != '.' &&
                       std::ranges::all_of(profile.name, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                  c == '-' || c == '_' || c == '.';
                       });
    return plain ? profile.name : profile.id.str();
}

struct Style {
    std::string identifier, title;
    bool is_default = false;
};

std::string style_element(const Style& style) {
    return fmt::format("<Style isDefault=\"{}\"><ows:Title>{}</ows:Title><ows:Identifier>{}</ows:Identifier></Style>",
                       style.is_default, xml_text(style.title), xml_text(style.identifier));
}

Result<std::vector<Style>> styles_of(Context& cx, const catalog::ItemRow& item, const WmtsTerms& terms) {
    if (terms.profile && !terms.profile->empty()) {
        TRY(const auto profile,
            catalog::find_profile_by_id_or_name(cx.session, item.organization_id, item.id, *terms.profile));
        if (profile)
            return std::vector<Style>{{style_of(*profile), profile->name, true}};
    }
    TRY(const auto profiles, catalog::list_profiles(cx.session, item.organization_id, item.id));
    std::vector<Style> styles{{std::string(kWmtsDefaultStyle), "Default", true}};
    for (const auto& profile : profiles)
        styles.push_back({style_of(profile), profile.name});
    return styles;
}

/// Columns and rows of a zoom that the layer touches.
struct Limits {
    std::int64_t min_row, max_row, min_column, max_column;
};

Limits limits_at(int zoom, const std::array<double, 4>& bounds) {
    const double count = std::exp2(zoom);
    const auto column = [&](double longitude) {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor((longitude + 180) / 360 * count)), 0,
                                        static_cast<std::int64_t>(count) - 1);
    };
    const auto row = [&](double latitude) {
        const double y = std::asinh(std::tan(latitude * std::numbers::pi / 180));
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor((1 - y / std::numbers::pi) / 2 * count)),
                                        0, static_cast<std::int64_t>(count) - 1);
    };
    return {row(bounds[3]), row(bounds[1]), column(bounds[0]), column(bounds[2])};
}

std::string matrix_limits(const TileSummary& tiles) {
    std::string out;
    for (int zoom = 0; zoom <= tiles.maxzoom; ++zoom) {
        const Limits limits = limits_at(zoom, tiles.bounds);
        out += fmt::format("<TileMatrixLimits><TileMatrix>{}</TileMatrix><MinTileRow>{}</MinTileRow><MaxTileRow>{}"
                           "</MaxTileRow><MinTileCol>{}</MinTileCol><MaxTileCol>{}</MaxTileCol></TileMatrixLimits>",
                           zoom, limits.min_row, limits.max_row, limits.min_column, limits.max_column);
    }
    return out;
}

std::string matrices(int maxzoom) {
    std::string out;
    for (int zoom = 0; zoom <= maxzoom; ++zoom) {
        const double count = std::exp2(zoom);
        out += fmt::format("<TileMatrix><ows:Identifier>{}</ows:Identifier><ScaleDenominator>{:.13g}</ScaleDenominator>"
                           "<TopLeftCorner>{:.10f} {:.10f}</TopLeftCorner><TileWidth>{}</TileWidth><TileHeight>{}"
                           "</TileHeight><MatrixWidth>{:.0f}</MatrixWidth><MatrixHeight>{:.0f}</MatrixHeight>"
                           "</TileMatrix>",
                           zoom, 2 * kHalfWorld / kTileSize / count / kStandardPixel, -kHalfWorld, kHalfWorld,
                           kTileSize, kTileSize, count, count);
    }
    return out;
}

std::string operation_element(std::string_view name, std::string_view kvp) {
    return fmt::format("<ows:Operation name=\"{}\"><ows:DCP><ows:HTTP><ows:Get xlink:href=\"{}\"><ows:Constraint "
                       "name=\"GetEncoding\"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues>"
                       "</ows:Constraint></ows:Get></ows:HTTP></ows:DCP></ows:Operation>",
                       name, xml_text(kvp));
}

/// Longitude and latitude of the box, as OWS has corners.
std::string bounding_boxes(const std::array<double, 4>& b) {
    const auto x = [](double longitude) { return longitude / 180 * kHalfWorld; };
    const auto y = [](double latitude) {
        return std::asinh(std::tan(latitude * std::numbers::pi / 180)) / std::numbers::pi * kHalfWorld;
    };
    return fmt::format("<ows:WGS84BoundingBox><ows:LowerCorner>{:.9f} {:.9f}</ows:LowerCorner><ows:UpperCorner>{:.9f} "
                       "{:.9f}</ows:UpperCorner></ows:WGS84BoundingBox><ows:BoundingBox "
                       "crs=\"urn:ogc:def:crs:EPSG::3857\"><ows:LowerCorner>{:.4f} {:.4f}</ows:LowerCorner>"
                       "<ows:UpperCorner>{:.4f} {:.4f}</ows:UpperCorner></ows:BoundingBox>",
                       b[0], b[1], b[2], b[3], x(b[0]), y(b[1]), x(b[2]), y(b[3]));
}

constexpr std::string_view kHead =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" )"
    R"(xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" )"
    R"(xsi:schemaLocation="http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd" )"
    R"(version="1.0.0">)";

} // namespace

Result<std::string> wmts_capabilities(Context& cx, const WmtsTerms& terms) {
    TileTerms tile;
    tile.item_id = terms.item_id;
    tile.profile = terms.profile;
    TRY(const auto tiles, summarize_tiles(cx, tile));
    TRY(const auto styles, styles_of(cx, tiles.item, terms));
    std::string base = terms.base_url;
    while (!base.empty() && base.back() == '/')
        base.pop_back();
    const std::string root = fmt::format("{}/api/v1/items/{}/wmts", base, tiles.item.id.str());
    const std::string key = terms.key.empty() ? "" : "key=" + percent_encode(terms.key);
    const std::string kvp = root + "?" + (key.empty() ? "" : key + "&");
    const std::string after = key.empty() ? "" : "?" + key;
    const std::string id = xml_text(tiles.item.id.str()), title = xml_text(tiles.item.name);
    std::string out(kHead);
    out +=
        fmt::format("<ows:ServiceIdentification><ows:Title>{}</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType>"
                    "<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>"
                    "<ows:OperationsMetadata>{}{}</ows:OperationsMetadata><Contents><Layer><ows:Title>{}</ows:Title>",
                    title, operation_element("GetCapabilities", kvp), operation_element("GetTile", kvp), title);
    if (tiles.item.description)
        out += fmt::format("<ows:Abstract>{}</ows:Abstract>", xml_text(*tiles.item.description));
    out += bounding_boxes(tiles.bounds) + fmt::format("<ows:Identifier>{}</ows:Identifier>", id);
    for (const Style& style : styles)
        out += style_element(style);
    out += fmt::format("<Format>image/png</Format><TileMatrixSetLink><TileMatrixSet>{0}</TileMatrixSet>"
                       "<TileMatrixSetLimits>{1}</TileMatrixSetLimits></TileMatrixSetLink><ResourceURL "
                       "format=\"image/png\" resourceType=\"tile\" template=\"{2}\"/></Layer><TileMatrixSet>"
                       "<ows:Identifier>{0}</ows:Identifier><ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857"
                       "</ows:SupportedCRS><WellKnownScaleSet>urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"
                       "</WellKnownScaleSet>{3}</TileMatrixSet></Contents><ServiceMetadataURL xlink:href=\"{4}\"/>"
                       "</Capabilities>\n",
                       kWmtsMatrixSet, matrix_limits(tiles),
                       xml_text(root + "/1.0.0/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png" + after),
                       matrices(tiles.maxzoom), xml_text(root + "/1.0.0/WMTSCapabilities.xml" + after));
    return out;
}

std::optional<std::string> profile_of_style(std::string_view style) {
    return style.empty() || style == kWmtsDefaultStyle ? std::nullopt : std::optional(std::string(style));
}

std::string wmts_exception(std::string_view code, std::string_view locator, std::string_view text) {
    const std::string where = locator.empty() ? "" : fmt::format(" locator=\"{}\"", xml_text(locator));
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ExceptionReport "
                       "xmlns=\"http://www.opengis.net/ows/1.1\" version=\"1.1.0\" xml:lang=\"en\"><Exception "
                       "exceptionCode=\"{}\"{}><ExceptionText>{}</ExceptionText></Exception></ExceptionReport>\n",
                       code, where, xml_text(text));
}

} // namespace landfall::domain
