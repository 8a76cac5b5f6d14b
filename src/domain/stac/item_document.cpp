#include "domain/stac/item_document.hpp"

#include "domain/stac/extensions.hpp"
#include "domain/stac/item_1_1.hpp"
#include "domain/stac/told_properties.hpp"
#include "geo/geojson.hpp"
#include "imagery/common_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

/// Data types that STAC knows.
constexpr std::array<std::string_view, 15> kDataTypes{"int8",    "int16",  "int32",  "int64",    "uint8",
                                                      "uint16",  "uint32", "uint64", "float16",  "float32",
                                                      "float64", "cint16", "cint32", "cfloat32", "cfloat64"};
constexpr std::size_t kMostRenditionBands = 64;

Json parsed(const std::string& text) {
    return Json::parse(text).value_or(Json());
}

/// Statistics of one band in the raster extension's words.
Json stac_statistics(const Json& s) {
    Json out = Json::object();
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"minimum", "min"}, {"maximum", "max"}, {"mean", "mean"}, {"stddev", "std"}};
    for (const auto& [name, ours] : kNames)
        if (s[ours].is_number())
            out.set(name, s[ours]);
    out.set("valid_percent", s["valid"].as_number() * 100);
    return out;
}

Json raster_band(const Json& band) {
    const bool known = std::ranges::find(kDataTypes, band["data_type"].as_view()) != kDataTypes.end();
    Json out = Json::object({{"data_type", known ? band["data_type"] : Json("other")}});
    for (const std::string_view name : {"nodata", "scale", "offset", "unit"})
        if (const Json* value = band.find(name); value != nullptr && !value->is_null() && *value != Json(""))
            out.set(name, *value);
    if (band["statistics"].is_object())
        out.set("statistics", stac_statistics(band["statistics"]));
    return out;
}

Json eo_band(const Json& band, const std::string& common_name) {
    Json out = Json::object({{"name", band["name"]}});
    if (!band["description"].as_view().empty())
        out.set("description", band["description"]);
    if (!common_name.empty())
        out.set("common_name", common_name);
    return out;
}

void add_projection(Json& target, const Json& facts) {
    if (const Json* epsg = facts.find("epsg"); epsg != nullptr && epsg->is_number()) {
        target.set("proj:epsg", *epsg);
        target.set("proj:code", fmt::format("EPSG:{}", epsg->as_integer()));
    } else if (!facts["crs_wkt"].as_view().empty()) {
        target.set("proj:epsg", Json());
        target.set("proj:wkt2", facts["crs_wkt"]);
    }
    const Json& raster = facts["raster"];
    if (!raster.is_object())
        return;
    target.set("proj:shape", Json::array({raster["height"], raster["width"]}));
    const auto& t = raster["transform"].items();
    if (t.size() == 6)
        target.set("proj:transform", Json::array({t[1], t[2], t[0], t[4], t[5], t[3]}));
    if (facts["native_bbox"].items().size() == 4)
        target.set("proj:bbox", facts["native_bbox"]);
}

/// All of an asset but its href.
Json stac_asset(const catalog::AssetRow& asset) {
    Json out = Json::object({{"type", asset.media_type}, {"roles", parsed(asset.roles)}});
    if (asset.title)
        out.set("title", *asset.title);
    if (asset.description)
        out.set("description", *asset.description);
    if (asset.members) {
        const Json members = parsed(*asset.members);
        for (const auto& [name, value] : members.members())
            out.set(name, value);
    }
    if (asset.file_size_bytes)
        out.set("file:size", *asset.file_size_bytes);
    if (asset.checksum)
        out.set("file:checksum", *asset.checksum);
    const Json facts = parsed(asset.facts);
    const auto& bands = facts["raster"]["bands"].items();
    // A rendition has the bands of its original, which lists them.
    if (!bands.empty() && (!asset.is_rendition || bands.size() <= kMostRenditionBands)) {
        Json raster = Json::array();
        Json eo = Json::array();
        const auto read = schema::from_json<imagery::RasterFacts>(facts["raster"]).value_or(imagery::RasterFacts());
        const auto names = imagery::common_names(read.bands);
        for (std::size_t i = 0; i < bands.size(); ++i) {
            raster.push(raster_band(bands[i]));
            eo.push(eo_band(bands[i], i < names.size() ? names[i] : ""));
        }
        out.set("raster:bands", std::move(raster));
        out.set("eo:bands", std::move(eo));
    }
    if (facts.is_object())
        add_projection(out, facts);
    return out;
}

Json stac_properties(const catalog::ItemRow& item, const std::vector<catalog::EdgeRow>& origins) {
    Json p = told_properties(parsed(item.properties));
    const bool interval = !item.datetime && item.start_datetime && item.end_datetime;
    p.set("datetime", interval ? Json() : Json(format_rfc3339(item.datetime.value_or(item.created_at))));
    if (item.start_datetime && item.end_datetime) {
        p.set("start_datetime", format_rfc3339(*item.start_datetime));
        p.set("end_datetime", format_rfc3339(*item.end_datetime));
    }
    if (!item.datetime && !item.start_datetime && !item.end_datetime)
        p.set("landfall:undated", true); // the time above is when the item was made
    if (item.view_expires_at)
        p.set("expires", format_rfc3339(*item.view_expires_at));
    p.set("created", format_rfc3339(item.created_at));
    p.set("updated", format_rfc3339(item.updated_at));
    p.set("title", item.name);
    if (item.description && !item.description->empty())
        p.set("description", *item.description);
    if (item.gsd && *item.gsd > 0)
        p.set("gsd", *item.gsd);
    if (item.cloud_cover)
        p.set("eo:cloud_cover", *item.cloud_cover);
    p.set("geopera:type", item.type);
    p.set("geopera:lifecycle_state", item.lifecycle_state);
    p.set("geopera:project_id", item.project_id.str());
    Json derived = Json::array();
    for (const auto& edge : origins)
        derived.push(Json::object({{"entity_type", edge.dst.type}, {"entity_id", edge.dst.id}}));
    p.set("geopera:derived_from", std::move(derived));
    const Json facts = parsed(item.facts);
    if (facts.is_object())
        add_projection(p, facts);
    return p;
}

/// The extensions in use, but for our own.
Json extensions_of(const catalog::ItemRow& item, const Json& properties, const Json::Array& assets) {
    Json list = Json::array();
    const auto add = [&](const Json& url) {
        if (std::ranges::find(list.items(), url) == list.items().end())
            list.push(url);
    };
    const Json declared = parsed(item.stac_extensions);
    for (const Json& url : declared.items())
        if (extension_of(url.as_view()) == nullptr)
            add(url);
    const auto uses = [&](std::string_view prefix) {
        const auto has = [&](const Json& object) {
            return std::ranges::any_of(object.members(), [&](const auto& m) { return m.first.starts_with(prefix); });
        };
        return has(properties) || std::ranges::any_of(assets, has);
    };
    for (const StacExtension& extension : kStacExtensions)
        if (uses(extension.prefix))
            add(Json(extension.v1_0));
    return list;
}

void append_extensions(std::string& text, const Json& extensions) {
    text += extensions.dump();
    text.pop_back();
    text += fmt::format("{}{}]", extensions.items().empty() ? "" : ",", link_text(kLineageSchemaPath));
}

/// Each asset with its href before what `described` says of it, in the same order.
void append_assets(std::string& text, const std::vector<catalog::AssetRow>& assets, const Json::Array& described) {
    const char* separator = "{";
    for (std::size_t i = 0; i < assets.size(); ++i) {
        const auto& asset = assets[i];
        const std::string href =
            asset.href ? Json(*asset.href).dump() : link_text(asset_path(asset.item_id, asset.key));
        text += fmt::format(R"({}{}:{{"href":{},{})", separator, Json(asset.key).dump(), href,
                            std::string_view(described[i].dump()).substr(1));
        separator = ",";
    }
    text += assets.empty() ? "{}" : "}";
}

/// STAC takes no collections of geometries: such an item shows its box.
Json geometry_of(const catalog::ItemRow& item) {
    Json geometry = item.geometry ? parsed(*item.geometry) : Json();
    if (geometry["type"] == Json("GeometryCollection") && item.bbox)
        return geo::bbox_geometry({item.bbox->west, item.bbox->south, item.bbox->east, item.bbox->north});
    return geometry;
}

Json bbox_json(const geo::Bounds& b) {
    return Json::array({b.west, b.south, b.east, b.north});
}

/// A feature with a geometry has a box, also where the item was given none.
std::optional<geo::Bounds> document_box(const catalog::ItemRow& item) {
    if (!item.geometry || item.bbox)
        return item.geometry ? item.bbox : std::nullopt;
    const auto box = geo::geometry_bbox(parsed(*item.geometry));
    return box ? std::optional(geo::Bounds{(*box)[0], (*box)[1], (*box)[2], (*box)[3]}) : std::nullopt;
}

} // namespace

std::string compose_document(const catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                             const std::vector<catalog::EdgeRow>& origins,
                             const std::optional<std::string>& collection) {
    Json::Array stac_assets;
    for (const auto& asset : assets)
        stac_assets.push_back(stac_asset(asset));
    const Json properties = stac_properties(item, origins);
    std::string text = R"({"type":"Feature","stac_version":"1.0.0","stac_extensions":)";
    append_extensions(text, extensions_of(item, properties, stac_assets));
    text += fmt::format(R"(,"id":{},"geometry":{})", Json(item.stac_id).dump(), geometry_of(item).dump());
    if (const auto box = document_box(item))
        text += R"(,"bbox":)" + bbox_json(*box).dump();
    if (collection)
        text += R"(,"collection":)" + Json(*collection).dump();
    text += R"(,"properties":)" + properties.dump();
    const std::string self = fmt::format("/api/v1/items/{}", item.id.str());
    text += R"(,"links":[)" + link_object("self", self + "/stac.json", "application/geo+json");
    if (collection)
        text += "," + link_object("collection", collection_path(*item.collection_id), "application/json");
    if (parsed(item.facts)["raster"]["renderable"].as_bool())
        text += "," + link_object("tilejson", self + "/tilejson.json", "application/json");
    const Json links = item.links ? parsed(*item.links) : Json();
    for (const Json& link : links.items())
        text += "," + link.dump();
    text += R"(],"assets":)";
    append_assets(text, assets, stac_assets);
    return text += '}';
}

std::string show_document(std::string_view stored, StacVersion version, const Origins& origins) {
    return version == StacVersion::V1_0_0 ? with_origins(stored, origins) : with_origins(item_1_1(stored), origins);
}

} // namespace landfall::domain
