#pragma once
/// Items by hand: creating, deleting. Contract: geopera.md section 7.5.

#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "schema/fields.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// What `items.create` takes.
struct NewItem {
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::optional<std::string> stac_id;
    std::string type;
    std::optional<Json> geometry; ///< GeoJSON
    std::optional<std::vector<double>> bbox;
    std::optional<Timestamp> datetime, start_datetime, end_datetime;
    std::optional<double> cloud_cover, gsd;
    std::string name;
    std::optional<std::string> description;
    Json properties = Json::object();
    std::vector<std::string> stac_extensions;
    std::optional<std::string> order_id, upload_id, job_id;
};

/// Makes an item in a project the caller may write to. InvalidArgument for broken geometry, box or times, NotFound for
/// a collection, upload or job outside the project, Conflict for a stac_id that is taken.
/// Times, `eo:cloud_cover` and `gsd` among the properties become the fields of the item, unless these are given.
Result<catalog::ItemRow> create_item(Context& cx, NewItem wanted);

/// What `items.update` changes.
struct ItemChange {
    schema::Patch<CollectionId> collection_id; ///< null takes the item out of its collection
    schema::MayBeAbsent<std::string> name;
    schema::Patch<std::string> description;
    schema::Patch<schema::JsonObject> geometry; ///< null clears the place
    schema::Patch<std::vector<double>> bbox;
    schema::Patch<Timestamp> datetime;
    schema::Patch<double> cloud_cover, gsd;
    schema::Patch<schema::JsonObject> properties; ///< replaced as a whole; null is {}
    schema::MayBeAbsent<std::string> lifecycle_state;
};
/// The item as it is then; one without changes is left alone. Fails as `create_item` does, with Conflict for a
/// lifecycle state other than active and archived.
Result<catalog::ItemRow> update_item(Context& cx, const ItemId& id, const ItemChange& change);

struct ItemCopy {
    std::optional<std::string> new_name; ///< absent: the source's with " (copy)" behind it
    std::optional<CollectionId> target_collection_id;
    std::optional<ProjectId> target_project_id; ///< absent: the source's
};
/// A new item with the source's metadata, assets (of the same stored bytes) and profiles, derived from it. It keeps the
/// collection only within the project. Gone for an expired source: a copy must not outlive a retention.
Result<catalog::ItemRow> duplicate_item(Context& cx, const ItemId& id, const ItemCopy& copy);

/// Soft-deletes: the row stays, `deleted_at` is set, its assets' bytes leave the usage. NotFound a second time.
Status delete_item(Context& cx, const ItemId& id);

} // namespace landfall::domain
