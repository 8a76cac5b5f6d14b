#pragma once
/// Collections of a project. Contract: geopera.md section 7.7.

#include "catalog/items/collection.hpp"
#include "domain/context.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct NewCollection {
    ProjectId project_id;
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> color;
    bool show_on_map = true;
    std::int64_t layer_order = 0;
};
Result<catalog::CollectionRow> create_collection(Context& cx, const NewCollection& wanted);

/// What `collections.update` changes.
struct CollectionChange {
    schema::MayBeAbsent<std::string> name;
    schema::Patch<std::string> description;
    schema::Patch<std::string> color;
    schema::MayBeAbsent<bool> show_on_map;
    schema::MayBeAbsent<std::int64_t> layer_order;
};
/// NotFound for a collection of another project.
Result<catalog::CollectionRow> update_collection(Context& cx, const ProjectId& project, const CollectionId& id,
                                                 const CollectionChange& change);

/// Takes an item out of its collection, to be stored then. One whose stac_id another uncollected item has is renamed to
/// its id.
Status leave_collection(Context& cx, catalog::ItemRow& item);

/// Takes the assets of a collection away, and the item on which they lie.
Status retire_collection_files(Context& cx, const catalog::CollectionRow& collection);

/// Soft-deletes it and its own assets; its items stay, without a collection. One whose stac_id another uncollected item
/// has is renamed to its id. NotFound a second time.
Status delete_collection(Context& cx, const ProjectId& project, const CollectionId& id);

/// A live collection of a project that the caller may read. NotFound if it belongs to another one.
Result<catalog::CollectionRow> require_collection(Context& cx, const ProjectId& project, const CollectionId& id);

/// The same of whatever project. NotFound if the organization has none such.
Result<catalog::CollectionRow> require_collection(Context& cx, const CollectionId& id);

/// The same of a project whose access is checked already.
Result<catalog::CollectionRow> find_collection_in(Context& cx, const ProjectId& project, const CollectionId& id);

/// The same for an item that is put into it: it is not deleted before this transaction ends.
Status hold_collection_in(Context& cx, const ProjectId& project, const CollectionId& id);

} // namespace landfall::domain
