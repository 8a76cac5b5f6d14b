#pragma once
/// Items: the scenes and layers of a project (geopera.md section 7.5). Every write keeps the search index, the
/// counts and the project's version true in the same transaction.

#include "catalog/database.hpp"
#include "catalog/footprint.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct ItemRow {
    ItemId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::string stac_id;                 ///< unique among live items of the same project and collection
    std::string type;                    ///< geopera.md section 7.5, e.g. "user_raster"
    std::optional<std::string> geometry; ///< GeoJSON geometry, text as it was given
    std::optional<Bounds> bbox;          ///< west > east crosses the antimeridian
    std::optional<Timestamp> datetime;
    std::optional<Timestamp> start_datetime;
    std::optional<Timestamp> end_datetime;
    std::optional<double> cloud_cover; ///< percent
    std::optional<double> gsd;         ///< metres
    std::string name;
    std::optional<std::string> description;
    std::string properties = "{}";      ///< JSON object
    std::string stac_extensions = "[]"; ///< JSON array of URLs
    std::string lifecycle_state = "active";
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> archived_at;
    std::optional<ItemId> previous_version_id;
    std::optional<ItemId> duplicated_from_id;
    std::optional<std::string> order_id;
    std::optional<UploadId> upload_id;
    std::optional<JobId> job_id;
    std::optional<UserId> created_by;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::string facts = "{}";    ///< JSON: what the probe found
    std::string record = "{}";   ///< the API record as text, composed by the domain once per change
    std::string document = "{}"; ///< the STAC item as text, links and hrefs with a placeholder
    std::int64_t version = 1;    ///< counts the changes; written by this file only
    Footprint footprint;         ///< for searching; composed by `footprint_of`, not read back
};

/// Inserts a live item. Conflict if the id or the stac_id is taken. The collection, if any, must be a live one of
/// the same project: NotFound otherwise.
Status insert_item(Session& session, const ItemRow& row);
/// A live item.
Result<std::optional<ItemRow>> find_item(Session& session, const OrganizationId& organization, const ItemId& id);
/// Also a deleted one.
Result<std::optional<ItemRow>> find_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id);
/// A live item, its row locked against other writers until the transaction ends (PostgreSQL; SQLite has one writer).
Result<std::optional<ItemRow>> lock_item(Session& session, const OrganizationId& organization, const ItemId& id);
/// A live item by the STAC id; without a collection it looks among the uncollected.
Result<std::optional<ItemRow>> find_item_by_stac_id(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project,
                                                    const std::optional<CollectionId>& collection,
                                                    std::string_view stac_id);
/// Writes every column of a live item but id, organization, project, created_at and created_by, and counts its
/// version up, provided it still is `row.version`. False if the item is gone or has changed since it was read.
/// With `IndexUpdate::Keep` the search index is left alone: only when neither footprint, times, collection, type, name,
/// cloud_cover, gsd nor any sorted column changed.
enum class IndexUpdate { Rewrite, Keep };
Result<bool> update_item(Session& session, const ItemRow& row, IndexUpdate index = IndexUpdate::Rewrite);
/// Sets deleted_at and lifecycle_state "deleted", and takes it out of search. False if there is no such live item.
Result<bool> delete_item(Session& session, const OrganizationId& organization, const ItemId& id, Timestamp at);
/// Removes the row of a deleted item, its assets' rows must be gone. False if there is no such deleted item.
Result<bool> purge_item(Session& session, const OrganizationId& organization, const ItemId& id);

/// Which items of a project a list shows.
struct ItemList {
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    bool uncollected = false; ///< only those without a collection
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
/// A page of stored texts and how many there are in all.
struct ItemTexts {
    std::vector<std::string> texts;
    std::int64_t matched = 0;
};
enum class ItemText { Record, Document };
/// Live items, newest first (created_at, then id).
Result<ItemTexts> list_items(Session& session, const ItemList& list, ItemText text = ItemText::Record);
/// Ids of live items of a project, oldest first, those that come after `after` (empty: from the first).
Result<std::vector<ItemId>> list_item_ids(Session& session, const OrganizationId& organization,
                                          const ProjectId& project, const ItemId& after, std::int64_t limit);
Result<std::vector<ItemId>> list_item_ids_of_collection(Session& session, const OrganizationId& organization,
                                                        const CollectionId& collection, std::int64_t limit);
/// Live items copied from the given one.
Result<std::vector<ItemRow>> list_items_duplicated_from(Session& session, const OrganizationId& organization,
                                                        const ItemId& id);
/// Live items of every organization in one of the states whose expires_at has come, soonest first.
struct DueItem {
    OrganizationId organization_id;
    ItemId id;
    std::string lifecycle_state;
    Timestamp expires_at{};
};
Result<std::vector<DueItem>> list_items_due(Session& session, Timestamp until, std::int64_t limit);
/// The same within one organization.
Result<std::vector<DueItem>> list_items_expiring(Session& session, const OrganizationId& organization, Timestamp until,
                                                 std::int64_t limit);
/// Deleted items of every organization, longest deleted first.
Result<std::vector<DueItem>> list_items_deleted_before(Session& session, Timestamp before, std::int64_t limit);

/// Changes with every item write of the projects; equal versions mean equal search results.
Result<std::int64_t> read_items_version(Session& session, const OrganizationId& organization,
                                        const std::vector<ProjectId>& projects);
/// Union of the live items' boxes and times of a collection: a STAC collection's extent.
struct ItemExtent {
    std::optional<Bounds> bbox;
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;
    std::int64_t items = 0;
};
Result<ItemExtent> read_collection_extent(Session& session, const OrganizationId& organization,
                                          const CollectionId& collection);

} // namespace landfall::catalog
