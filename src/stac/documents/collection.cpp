#include "stac/documents/collection.hpp"

#include "domain/items/shelf.hpp"
#include "stac/documents/asset.hpp"
#include "stac/documents/etag.hpp"
#include "stac/documents/links.hpp"
#include "stac/documents/object_text.hpp"

#include <algorithm>
#include <set>

namespace landfall::stac {
namespace {

constexpr std::string_view kLicense = "proprietary"; ///< where none was said
const Json& crs() {
    static const Json list = Json::array({"http://www.opengis.net/def/crs/OGC/1.3/CRS84"});
    return list;
}

std::string extent_text(const catalog::Summary& summary) {
    const geo::Bounds box = summary.box.value_or(geo::Bounds{});
    const Json bbox = Json::array({Json::array({box.west, box.south, box.east, box.north})});
    Json interval = Json::array({Json(), Json()});
    if (summary.time)
        interval = Json::array({moment(*summary.time->start), moment(*summary.time->end)});
    return Json::object({{"spatial", Json::object({{"bbox", bbox}})},
                         {"temporal", Json::object({{"interval", Json::array({interval})}})}})
        .dump();
}

/// The distinct values of a member among JSON objects, as JSON texts.
void gather(std::set<std::string>& values, const std::vector<std::string>& members, std::string_view name) {
    for (const std::string& text : members) {
        const Json all = Json::parse(text).value_or(Json());
        const Json* value = all.find(name);
        if (value != nullptr && !value->is_null())
            values.insert(name == "gsd" ? real_text(value->as_number()) : value->dump());
    }
}

std::string summaries_text(const catalog::Summary& summary, const Dialect& dialect) {
    ObjectText out;
    for (const std::string_view name : {"proj:epsg", "gsd", "geoadmin:variant", "geoadmin:lang"}) {
        std::set<std::string> values;
        gather(values, summary.of_items, name);
        if (name == "proj:epsg")
            gather(values, summary.of_collection, name);
        if (!values.empty())
            out.add_raw(name == "gsd" ? dialect.gsd : name, array_text({values.begin(), values.end()}));
    }
    return std::move(out).text();
}

} // namespace

Result<ShownCollection> show(const Asked& asked, catalog::CollectionRow row) {
    ShownCollection shown;
    shown.row = std::move(row);
    TRY(shown.changes, catalog::find_collection_changes(asked.session(), shown.row));
    TRY(shown.summary,
        catalog::summarize(asked.session(), shown.row, shown.changes, asked.cx.now, asked.site.memory.summaries));
    TRY(const auto files, catalog::find_item_by_stac_id(asked.session(), domain::files_address(shown.row)));
    if (files) {
        TRY(shown.assets, catalog::list_files_of_items(asked.session(), files->organization_id, {files->id}));
    }
    return shown;
}

std::optional<std::string> title_of(const catalog::CollectionRow& row) {
    if (row.name != row.stac_id)
        return row.name;
    const Json further = Json::parse(row.document).value_or(Json());
    const Json* title = further.find("title");
    return title != nullptr && title->is_string() ? std::optional(title->as_string()) : std::nullopt;
}

std::string collection_document(const Asked& asked, const ShownCollection& shown) {
    const catalog::CollectionRow& row = shown.row;
    const Dialect& dialect = asked.dialect();
    const Json further = Json::parse(row.document).value_or(Json());
    ObjectText out;
    if (dialect.has_types)
        out.add("type", Json("Collection"));
    out.add("stac_version", Json(dialect.stac_version)).add("id", row.stac_id).add("title", title_of(row));
    out.add("description", row.description && !row.description->empty() ? *row.description : row.name);
    out.add("license", further["license"].is_string() ? further["license"] : Json(kLicense));
    out.add("crs", crs()).add("itemType", Json("Feature")).add("created", row.created_at);
    out.add("updated", std::max(row.updated_at, shown.changes.at.value_or(row.updated_at)));
    out.add_raw("extent", extent_text(shown.summary)).add_raw("summaries", summaries_text(shown.summary, dialect));
    if (!further["providers"].items().empty())
        out.add("providers", pruned(further["providers"]));
    out.add_raw("assets", embedded_assets(asked, {row.stac_id}, shown.assets));
    out.add("links", collection_links(asked, row.stac_id, pruned(further["links"])));
    return std::move(out).text();
}

std::string etag_of(const catalog::CollectionRow& row, const catalog::CollectionChanges& changes) {
    return change_tag({row.id.str(), row.version, changes.count});
}

} // namespace landfall::stac
