#include "domain/stac/collection_document.hpp"

#include "domain/stac/told_properties.hpp"

namespace landfall::domain {
namespace {

Json extent_json(const catalog::Extent& extent) {
    const geo::Bounds box = extent.box.value_or(geo::Bounds{-180, -90, 180, 90});
    Json interval = Json::array({Json(), Json()});
    if (extent.time)
        interval = Json::array({format_rfc3339(*extent.time->start), format_rfc3339(*extent.time->end)});
    const Json bbox = Json::array({box.west, box.south, box.east, box.north});
    return Json::object({{"spatial", Json::object({{"bbox", Json::array({bbox})}})},
                         {"temporal", Json::object({{"interval", Json::array({std::move(interval)})}})}});
}

} // namespace

std::string collection_document(const catalog::CollectionExtent& shown, StacVersion version, const Origins& origins) {
    const catalog::CollectionRow& row = shown.collection;
    Json document = Json::object({{"type", "Collection"},
                                  {"stac_version", schema::enum_text(version)},
                                  {"stac_extensions", Json::array()},
                                  {"id", row.stac_id},
                                  {"title", row.name},
                                  {"license", version == StacVersion::V1_0_0 ? "proprietary" : "other"}});
    const Json further = told_properties(Json::parse(row.document).value_or(Json()));
    for (const auto& [name, value] : further.members())
        if (document.find(name) == nullptr || name == "license")
            document.set(name, value);
    document.set("description", row.description && !row.description->empty() ? *row.description : row.name);
    document.set("extent", extent_json(shown.extent));
    document.set("created", format_rfc3339(row.created_at));
    document.set("updated", format_rfc3339(row.updated_at));
    document.set("geopera:project_id", row.project_id.str());
    const Json self = Json::object({{"rel", "self"},
                                    {"href", std::string(origins.links) + collection_path(row.id)},
                                    {"type", "application/json"}});
    Json links = Json::array({self});
    for (const Json& link : further["links"].items())
        links.push(link);
    document.set("links", std::move(links));
    return document.dump();
}

} // namespace landfall::domain
