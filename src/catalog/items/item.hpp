#pragma once
/// Items: the scenes and layers of a project (geopera.md section 7.5). Every write keeps the search index, the
/// counts and the project's version true in the same transaction.

#include "catalog/held.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "geo/footprint.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

/// The type of the item on which the assets of a collection lie: one a collection, made with the first of them. It is
/// in no list, search or count, and nothing but rules about collections reaches it.
inline constexpr std::string_view kCollectionFiles = "collection_files";

struct ItemRow {
    ItemId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::string stac_id;                 ///< unique among live items of the same project and collection
    std::string type;                    ///< geopera.md section 7.5, e.g. "user_raster"
    std::optional<std::string> geometry; ///< GeoJSON geometry, text as it was given
    std::optional<geo::Bounds> bbox;     ///< west > east crosses the antimeridian
    std::optional<Timestamp> datetime;
    std::optional<Timestamp> start_datetime;
    std::optional<Timestamp> end_datetime;
    std::optional<double> cloud_cover; ///< percent
    std::optional<double> gsd;         ///< metres
    std::string name;
    std::optional<std::string> description;
    std::string properties = "{}";            ///< JSON object
    std::string stac_extensions = "[]";       ///< JSON array of URLs
    std::optional<std::string> links;         ///< JSON array: those that users gave it
    std::optional<Timestamp> view_expires_at; ///< `properties.expires`: nobody is shown it or its files after that
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
    std::string document = "{}"; ///< the STAC item as text, its links relative
    std::int64_t version = 1;    ///< counts the changes; written by this file only
    geo::Footprint footprint;    ///< for searching; composed by `geo::footprint_of`, not read back
};

constexpr auto columns(Of<ItemRow>) {
    using R = ItemRow;
    using enum Use;
    return table(
        "item", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
        column("project_id", &R::project_id), column("collection_id", &R::collection_id, Mutable),
        column("stac_id", &R::stac_id, Mutable), column("type", &R::type, Mutable),
        column("west", &R::bbox, &geo::Bounds::west, Mutable), column("south", &R::bbox, &geo::Bounds::south, Mutable),
        column("east", &R::bbox, &geo::Bounds::east, Mutable), column("north", &R::bbox, &geo::Bounds::north, Mutable),
        column("datetime", &R::datetime, Mutable), column("start_datetime", &R::start_datetime, Mutable),
        column("end_datetime", &R::end_datetime, Mutable), column("cloud_cover", &R::cloud_cover, Mutable),
        column("gsd", &R::gsd, Mutable), column("name", &R::name, Mutable),
        column("lifecycle_state", &R::lifecycle_state, Mutable), column("expires_at", &R::expires_at, Mutable),
        column("archived_at", &R::archived_at, Mutable),
        column("previous_version_id", &R::previous_version_id, Mutable),
        column("duplicated_from_id", &R::duplicated_from_id, Mutable), column("order_id", &R::order_id, Mutable),
        column("upload_id", &R::upload_id, Mutable), column("job_id", &R::job_id, Mutable),
        column("links", &R::links, Mutable), column("view_expires_at", &R::view_expires_at, Mutable),
        column("created_by", &R::created_by), column("created_at", &R::created_at),
        column("updated_at", &R::updated_at, Mutable), column("deleted_at", &R::deleted_at),
        column("version", &R::version, Counted), column("description", &R::description, Mutable),
        column("record", &R::record, Mutable), column("properties", &R::properties, Mutable),
        column("geometry", &R::geometry, Mutable), column("stac_extensions", &R::stac_extensions, Mutable),
        column("facts", &R::facts, Mutable), column("document", &R::document, Mutable), generated("no"),
        beside("project_no"), beside("collection_no", Mutable));
}

/// Inserts a live item. Conflict if the id or the stac_id is taken. The collection, if any, must be a live one of
/// the same project: NotFound otherwise.
Status insert_item(Session& session, const ItemRow& row);
/// Inserts an item of the type `kCollectionFiles`, without indexing or counting it. Fails as `insert_item` does.
Status insert_collection_files(Session& session, const ItemRow& row);
/// Where an item is looked for by its STAC id.
struct StacAddress {
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id; ///< nothing: among those without a collection
    std::string stac_id;
};
/// A live item, also one that is not indexed.
Result<std::optional<ItemRow>> find_item_by_stac_id(Session& session, const StacAddress& address);
/// A live item.
Result<std::optional<ItemRow>> find_item(Session& session, const OrganizationId& organization, const ItemId& id);
/// Also a deleted one.
Result<std::optional<ItemRow>> find_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id);
/// A live item, its row locked against other writers until the transaction ends (PostgreSQL; SQLite has one writer).
Result<std::optional<ItemRow>> lock_item(Session& session, const OrganizationId& organization, const ItemId& id);
/// `Keep` leaves the search index alone, but for `updated_at`: only when neither footprint, times, collection, type,
/// name, cloud_cover nor gsd changed.
enum class IndexUpdate { Rewrite, Keep };
/// Writes the mutable columns of a live item and counts its version up, provided it still is `row.version`. False if
/// the item is gone or has changed since it was read.
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
/// At most `limit` live items of a collection, deleted or not, oldest first, locked as `lock_item` does.
Result<std::vector<ItemRow>> lock_items_of_collection(Session& session, const OrganizationId& organization,
                                                      const CollectionId& collection, std::int64_t limit);
/// At most `limit` live items of a project, deleted or not, those that are not indexed too, locked as `lock_item` does.
Result<std::vector<ItemRow>> lock_items_of_project(Session& session, const OrganizationId& organization,
                                                   const ProjectId& project, std::int64_t limit);
/// Whether a live item of the project without a collection has the row's stac_id.
Result<bool> is_uncollected_stac_id_taken(Session& session, const ItemRow& row);
/// What one calls an item.
struct ItemLabel {
    ItemId id;
    ProjectId project_id;
    std::string type;
    std::string name;
};

constexpr auto columns(Of<ItemLabel>) {
    using R = ItemLabel;
    return excerpt("item", column("id", &R::id), column("project_id", &R::project_id), column("type", &R::type),
                   column("name", &R::name));
}
/// Of those among the ids that exist, deleted ones too, in no order.
Result<std::vector<ItemLabel>> list_item_labels(Session& session, const OrganizationId& organization,
                                                const std::vector<std::string>& ids);
struct DeletedItem {
    OrganizationId organization_id;
    ItemId id;
};

constexpr auto columns(Of<DeletedItem>) {
    using R = DeletedItem;
    return excerpt("item", column("organization_id", &R::organization_id), column("id", &R::id));
}
/// Deleted items of every organization, longest deleted first; locked for this transaction, so that no two of them
/// purge the same item.
Result<std::vector<DeletedItem>> lock_items_deleted_before(Session& session, Timestamp before, std::int64_t limit,
                                                           Held held);
/// The same of one project, deleted or not, whenever they were deleted.
Result<std::vector<DeletedItem>> list_deleted_items_of(Session& session, const OrganizationId& organization,
                                                       const ProjectId& project, std::int64_t limit);

} // namespace landfall::catalog
