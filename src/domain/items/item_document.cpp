#include "domain/items/item_document.hpp"

#include "core/text.hpp"
#include "domain/items/item_record.hpp"
#include "geo/geojson.hpp"
#include "imagery/common_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

/// The version that knows proj:epsg, which many clients read, beside proj:code.
constexpr std::string_view kProjection = "https://stac-extensions.github.io/projection/v1.2.0/schema.json";
constexpr std::string_view kRaster = "https://stac-extensions.github.io/raster/v1.1.0/schema.json";
constexpr std::string_view kEo = "https://stac-extensions.github.io/eo/v1.1.0/schema.json";
constexpr std::string_view kFile = "https://stac-extensions.github.io/file/v2.1.0/schema.json";

/// What earlier versions wrote into stored documents where an origin goes: bytes that no JSON holds. Such a document is
/// composed anew when its item changes.
constexpr char kOldLinkMark = '\x01';
constexpr char kOldServerMark = '\x02';

Json parsed(const std::string& text) {
    return Json::parse(text).value_or(Json());
}

/// A link to a path of ours, as JSON text. Its first slash is escaped: that means the same, and as the JSON writer
/// never escapes a slash, `with_origins` tells our links from whatever a user's text holds. The path needs no other
/// escape.
std::string link_text(std::string_view path) {
    return fmt::format(R"("\{}")", path);
}

/// Statistics of one band in the raster extension's words.
Json stac_statistics(const Json& s) {
    return Json::object({{"minimum", s["min"]},
                         {"maximum", s["max"]},
                         {"mean", s["mean"]},
                         {"stddev", s["std"]},
                         {"valid_percent", Json(s["valid"].as_number() * 100)}});
}

Json raster_band(const Json& band) {
    Json out = Json::object({{"data_type", band["data_type"]}});
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
constexpr std::size_t kMostRenditionBands = 64;

Json stac_asset(const catalog::AssetRow& asset) {
    Json out = Json::object({{"type", asset.media_type}, {"roles", parsed(asset.roles)}});
    if (asset.title)
        out.set("title", *asset.title);
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
    Json p = parsed(item.properties);
    const auto time = [](const std::optional<Timestamp>& at) { return at ? Json(format_rfc3339(*at)) : Json(); };
    const bool interval = !item.datetime && item.start_datetime && item.end_datetime;
    p.set("datetime", interval ? Json() : Json(format_rfc3339(item.datetime.value_or(item.created_at))));
    if (item.start_datetime)
        p.set("start_datetime", time(item.start_datetime));
    if (item.end_datetime)
        p.set("end_datetime", time(item.end_datetime));
    if (!item.datetime && !item.start_datetime && !item.end_datetime)
        p.set("landfall:undated", true); // the time above is when the item was made
    p.set("created", format_rfc3339(item.created_at));
    p.set("updated", format_rfc3339(item.updated_at));
    p.set("title", item.name);
    if (item.description)
        p.set("description", *item.description);
    if (item.gsd)
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

std::string link(std::string_view rel, const std::string& path, std::string_view type) {
    return fmt::format(R"({{"rel":"{}","href":{},"type":"{}"}})", rel, link_text(path), type);
}

/// The extensions in use, but for our own.
Json extensions_of(const catalog::ItemRow& item, const Json& properties, const Json::Array& assets) {
    Json list = parsed(item.stac_extensions);
    const auto add = [&](std::string_view url) {
        const auto& have = list.items();
        if (std::find(have.begin(), have.end(), Json(url)) == have.end())
            list.push(Json(url));
    };
    const auto uses = [&](std::string_view prefix) {
        const auto has = [&](const Json& object) {
            return std::any_of(object.members().begin(), object.members().end(),
                               [&](const Json::Member& m) { return m.first.starts_with(prefix); });
        };
        return has(properties) || std::any_of(assets.begin(), assets.end(), has);
    };
    if (uses("proj:"))
        add(kProjection);
    if (uses("raster:"))
        add(kRaster);
    if (uses("eo:"))
        add(kEo);
    if (uses("file:"))
        add(kFile);
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

std::string with_origins(std::string_view stored, const Origins& origins) {
    std::string out;
    out.reserve(stored.size() + 512);
    std::size_t copied = 0;
    const auto splice = [&](std::size_t at, std::string_view origin) {
        out.append(stored.substr(copied, at - copied)).append(origin);
        copied = at + 1;
    };
    for (std::size_t at = 0; at < stored.size(); ++at) {
        if (stored[at] == kOldLinkMark || stored[at] == kOldServerMark)
            splice(at, stored[at] == kOldLinkMark ? origins.links : origins.server);
        if (stored[at] != '\\')
            continue;
        const auto path = stored.substr(at + 1);
        if (path.starts_with('/'))
            splice(at, path.starts_with(kLineageSchemaPath) ? origins.server : origins.links);
        ++at; // what a backslash escapes begins no escape itself
    }
    return out.append(stored.substr(copied));
}

Json lineage_schema() {
    const Json text = Json::object({{"type", "string"}});
    const Json origin = Json::object({{"type", "object"},
                                      {"required", Json::array({"entity_type", "entity_id"})},
                                      {"properties", Json::object({{"entity_type", text}, {"entity_id", text}})}});
    const Json claim = Json::object({{"type", "array"}, {"items", origin}});
    const Json properties = Json::object({{"type", "object"},
                                          {"required", Json::array({"geopera:derived_from"})},
                                          {"properties", Json::object({{"geopera:derived_from", claim}})}});
    return Json::object({{"$schema", "http://json-schema.org/draft-07/schema#"},
                         {"title", "Lineage"},
                         {"description", "An item tells in geopera:derived_from what it was made of."},
                         {"type", "object"},
                         {"required", Json::array({"properties"})},
                         {"properties", Json::object({{"properties", properties}})}});
}

Result<std::string> checked_base_url(const Call& call, const std::optional<std::string>& given) {
    std::string base = given.value_or(call.origin());
    while (base.ends_with('/'))
        base.pop_back();
    const bool safe = std::all_of(base.begin(), base.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '\x7f';
    });
    if (!safe || base.size() > 2000 || !(base.starts_with("http://") || base.starts_with("https://")))
        return fail_field("base_url", "base_url must be an absolute http or https URL, e.g. https://data.example.org");
    return base;
}

std::string asset_path(const ItemId& item, std::string_view key) {
    return fmt::format("/api/v1/items/{}/assets/{}", item.str(), percent_encode(key));
}

ItemRecord item_record(const catalog::ItemRow& row) {
    ItemRecord record;
    record.id = row.id;
    record.project_id = row.project_id;
    record.collection_id = row.collection_id;
    record.stac_id = row.stac_id;
    record.type = row.type;
    if (row.geometry)
        record.geometry = {*row.geometry};
    if (row.bbox)
        record.bbox = std::vector<double>{row.bbox->west, row.bbox->south, row.bbox->east, row.bbox->north};
    record.datetime = row.datetime;
    record.start_datetime = row.start_datetime;
    record.end_datetime = row.end_datetime;
    record.cloud_cover = row.cloud_cover;
    record.gsd = row.gsd;
    record.name = row.name;
    record.description = row.description;
    record.properties = {row.properties};
    record.stac_extensions = {row.stac_extensions};
    record.lifecycle_state = row.lifecycle_state;
    record.expires_at = row.expires_at;
    record.archived_at = row.archived_at;
    record.previous_version_id = row.previous_version_id;
    record.duplicated_from_id = row.duplicated_from_id;
    record.order_id = row.order_id;
    record.upload_id = row.upload_id;
    record.job_id = row.job_id;
    record.deleted_at = row.deleted_at;
    record.created_by = row.created_by;
    record.created_at = row.created_at;
    record.updated_at = row.updated_at;
    return record;
}

std::string compose_record(const catalog::ItemRow& item) {
    return schema::to_json_text(item_record(item));
}

std::string compose_document(const catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                             const std::vector<catalog::EdgeRow>& origins) {
    Json::Array stac_assets;
    for (const auto& asset : assets)
        stac_assets.push_back(stac_asset(asset));
    const Json properties = stac_properties(item, origins);
    std::string text = R"({"type":"Feature","stac_version":"1.0.0","stac_extensions":)";
    append_extensions(text, extensions_of(item, properties, stac_assets));
    text += fmt::format(R"(,"id":{},"geometry":{})", Json(item.stac_id).dump(),
                        (item.geometry ? parsed(*item.geometry) : Json()).dump());
    if (const auto box = document_box(item))
        text += R"(,"bbox":)" + bbox_json(*box).dump();
    text += R"(,"properties":)" + properties.dump();
    const std::string self = fmt::format("/api/v1/items/{}", item.id.str());
    text += R"(,"links":[)" + link("self", self + "/stac.json", "application/geo+json");
    if (parsed(item.facts)["raster"]["renderable"].as_bool())
        text += "," + link("tilejson", self + "/tilejson.json", "application/json");
    text += R"(],"assets":)";
    append_assets(text, assets, stac_assets);
    return text += '}';
}

Status compose_texts(catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                     const std::vector<catalog::EdgeRow>& origins) {
    item.record = compose_record(item);
    item.document = compose_document(item, assets, origins);
    if (item.document.size() > kDocumentBytes)
        return fail_field("properties", fmt::format("The item's STAC document takes more than {} KiB; store large data "
                                                    "as an asset, and many files as several items",
                                                    kDocumentBytes / 1024));
    return {};
}

} // namespace landfall::domain
