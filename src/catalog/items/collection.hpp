#pragma once
/// Collections of a project (geopera.md section 7.7).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct CollectionRow {
    CollectionId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::string stac_id; ///< unique among the project's live collections
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> color;
    bool show_on_map = true;
    std::int64_t layer_order = 0;
    bool auto_created = false;
    std::optional<std::string> source_type;
    std::optional<std::string> source_id;
    std::string document = "{}"; ///< JSON object: further members of its STAC document, links of users among them
    bool is_published = true;    ///< lists and searches of the STAC face show it
    std::optional<std::string> external_prefixes; ///< JSON array: where assets may lie elsewhere; nothing: nowhere
    std::optional<std::string> cache_control;     ///< what the STAC face tells caches; nothing: its own default
    std::int64_t version = 1;                     ///< counts the changes of the row; written by this file only
    std::optional<UserId> created_by;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::int64_t item_count = 0; ///< read only: live items
};

constexpr auto columns(Of<CollectionRow>) {
    using R = CollectionRow;
    using enum Use;
    return table("collection", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("project_id", &R::project_id), column("stac_id", &R::stac_id),
                 column("name", &R::name, Mutable), column("description", &R::description, Mutable),
                 column("color", &R::color, Mutable), column("show_on_map", &R::show_on_map, Mutable),
                 column("layer_order", &R::layer_order, Mutable), column("auto_created", &R::auto_created),
                 column("source_type", &R::source_type), column("source_id", &R::source_id),
                 column("document", &R::document, Mutable), column("is_published", &R::is_published, Mutable),
                 column("external_prefixes", &R::external_prefixes, Mutable),
                 column("cache_control", &R::cache_control, Mutable), column("version", &R::version, Counted),
                 column("created_by", &R::created_by), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at, Mutable), column("deleted_at", &R::deleted_at), generated("no"),
                 joined(R"((
    SELECT CAST(coalesce(sum(t.items), 0) AS BIGINT) FROM item_tally t
    WHERE t.collection_no = collection.no
      AND t.project_no = (SELECT p.no FROM project p WHERE p.id = collection.project_id)))",
                        &R::item_count));
}

/// Conflict if id or stac_id is taken.
Status insert_collection(Session& session, const CollectionRow& row);
/// A live collection of any project of the organization.
Result<std::optional<CollectionRow>> find_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id);
/// The same, which stays until the transaction ends: nobody deletes it meanwhile, others may hold it as well
/// (PostgreSQL; SQLite has one writer).
Result<std::optional<CollectionRow>> hold_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id);
/// The STAC id of a live collection.
Result<std::optional<std::string>> find_stac_id(Session& session, const OrganizationId& organization,
                                                const CollectionId& id);
/// The live collections with any of these STAC ids, of whichever projects of the organization.
Result<std::vector<CollectionId>> find_collections_by_stac_id(Session& session, const OrganizationId& organization,
                                                              const std::vector<std::string>& stac_ids);
/// A live collection of a project by its STAC id.
Result<std::optional<CollectionRow>> find_collection_by_stac_id(Session& session, const OrganizationId& organization,
                                                                const ProjectId& project, std::string_view stac_id);
/// The same, held as by `hold_collection`.
Result<std::optional<CollectionRow>> hold_collection_by_stac_id(Session& session, const OrganizationId& organization,
                                                                const ProjectId& project, std::string_view stac_id);
/// The collection, its row locked against other writers until the transaction ends (PostgreSQL; SQLite has one writer).
Result<std::optional<CollectionRow>> lock_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id);
/// Writes the mutable columns of a live collection. False if there is none.
Result<bool> update_collection(Session& session, const CollectionRow& row);
/// Marks a live collection deleted. False if there is none. Its items are the caller's to take out.
Result<bool> delete_collection(Session& session, const OrganizationId& organization, const CollectionId& id,
                               Timestamp at);
/// A page of the live published collections of a project in the order of their STAC ids: at most `limit` behind
/// `from`, or before it, nearest first.
enum class Toward { Later, Earlier };
struct PublishedList {
    OrganizationId organization_id;
    ProjectId project_id;
    std::string from;
    Toward toward = Toward::Later;
    std::int64_t limit = 100;
};
Result<std::vector<CollectionRow>> list_published_collections(Session& session, const PublishedList& list);
/// Live collections by layer_order, name, id.
Result<std::vector<CollectionRow>> list_collections(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project);

} // namespace landfall::catalog
