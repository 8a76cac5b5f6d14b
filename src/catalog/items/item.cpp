#include "catalog/items/item.hpp"

#include "catalog/items/item_index.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<ItemRow>, " RETURNING no">;
constexpr SqlText kOne = " WHERE organization_id = ?1 AND id = ?2";
constexpr SqlText kLive = " AND deleted_at IS NULL";
constexpr std::string_view kFind = sql<select_from<ItemRow>, kOne, kLive>;
constexpr std::string_view kFindEvenDeleted = sql<select_from<ItemRow>, kOne>;
constexpr SqlText kByStacId = R"( WHERE organization_id = ?1
    AND project_no = (SELECT p.no FROM project p WHERE p.id = ?2 AND p.organization_id = ?1 AND p.deleted_at IS NULL)
    AND collection_no = (CASE WHEN CAST(?3 AS TEXT) IS NULL THEN 0 ELSE
        (SELECT c.no FROM collection c WHERE c.id = ?3 AND c.organization_id = ?1 AND c.deleted_at IS NULL) END)
    AND stac_id = ?4)";
constexpr std::string_view kFindByStacId = sql<select_from<ItemRow>, kByStacId, kLive>;
constexpr std::string_view kLockPostgres = sql<select_from<ItemRow>, kOne, kLive, " FOR UPDATE">;
constexpr std::string_view kPlaceSqlite = sql<select_from<ItemPlace>, kOne, kLive, " AND version = ?3">;
constexpr std::string_view kPlacePostgres = sql<select_from<ItemPlace>, kOne, kLive, " AND version = ?3 FOR UPDATE">;
constexpr std::string_view kCollectionNoSqlite = R"(
SELECT no FROM collection WHERE id = ?1 AND organization_id = ?2 AND project_id = ?3 AND deleted_at IS NULL)";
constexpr std::string_view kCollectionNoPostgres = R"(
SELECT no FROM collection WHERE id = ?1 AND organization_id = ?2 AND project_id = ?3 AND deleted_at IS NULL FOR SHARE)";
constexpr std::string_view kDelete = sql<R"(
UPDATE item SET deleted_at = ?3, updated_at = ?3, lifecycle_state = 'deleted', version = version + 1
WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL RETURNING )",
                                         names_of<ItemPlace>>;
constexpr std::string_view kPurgeProfiles =
    "DELETE FROM visualization_profile WHERE organization_id = ?1 AND item_id = ?2 AND EXISTS "
    "(SELECT 1 FROM item i WHERE i.id = ?2 AND i.deleted_at IS NOT NULL)";
constexpr std::string_view kPurge =
    "DELETE FROM item WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NOT NULL";

Result<std::int64_t> find_collection_no(Session& session, const ItemRow& row) {
    if (!row.collection_id)
        return 0;
    TRY(const auto no, session.first(session.pick(kCollectionNoSqlite, kCollectionNoPostgres), read_as<std::int64_t>,
                                     *row.collection_id, row.organization_id, row.project_id));
    if (!no)
        return fail(Code::NotFound, "Collection not found in the item's project.");
    return *no;
}

Result<std::vector<Value>> values_of(Session& session, const ItemRow& row, ItemPlace& place) {
    TRY(const auto project_no, find_project_no(session, row.organization_id, row.project_id));
    if (!project_no)
        return fail(Code::NotFound, "Project not found.");
    place.project_no = *project_no;
    TRY(place.collection_no, find_collection_no(session, row));
    return insert_values(row, place.project_no, place.collection_no);
}

Status reindex(Session& session, const ItemPlace& from, const ItemPlace& to, const ItemRow& row) {
    CHECK_OK(unindex_item(session, from));
    CHECK_OK(index_item(session, to, row));
    if (from.collection_no != to.collection_no)
        CHECK_OK(tally_item(session, from, {.items = -1, .at = row.updated_at}));
    const std::int64_t items = from.collection_no != to.collection_no ? 1 : 0;
    return tally_item(session, to, {.items = items, .span_us = item_span(row), .at = row.updated_at});
}

} // namespace

Status insert_item(Session& session, const ItemRow& row) {
    ItemPlace place;
    TRY(auto values, values_of(session, row, place));
    std::optional<std::int64_t> no;
    CHECK_OK(session.query(kInsert, std::move(values), [&](const Row& r) { no = r.integer(0); }));
    if (!no)
        return fail_internal("an inserted item has no number");
    place.no = *no;
    TRY(const std::int64_t slack, created_slack(session, place, row));
    CHECK_OK(index_item(session, place, row));
    return tally_item(session, place,
                      {.items = 1, .span_us = item_span(row), .created_slack_us = slack, .at = row.created_at});
}

Status insert_collection_files(Session& session, const ItemRow& row) {
    ItemPlace place;
    TRY(auto values, values_of(session, row, place));
    CHECK_OK(session.query(kInsert, std::move(values), [](const Row&) {}));
    return tally_item(session, place, {.at = row.created_at});
}

Result<std::optional<ItemRow>> find_item_by_stac_id(Session& session, const StacAddress& address) {
    return session.first(kFindByStacId, read_as<ItemRow>, address.organization_id, address.project_id,
                         address.collection_id, address.stac_id);
}

Result<std::optional<ItemRow>> find_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    return session.first(kFind, read_as<ItemRow>, organization, id);
}

Result<std::optional<ItemRow>> find_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id) {
    return session.first(kFindEvenDeleted, read_as<ItemRow>, organization, id);
}

Result<std::optional<ItemRow>> lock_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    return session.first(session.pick(kFind, kLockPostgres), read_as<ItemRow>, organization, id);
}

Result<bool> update_item(Session& session, const ItemRow& row, IndexUpdate index) {
    TRY(const auto from, session.first(session.pick(kPlaceSqlite, kPlacePostgres), read_as<ItemPlace>,
                                       row.organization_id, row.id, row.version));
    if (!from)
        return false;
    ItemPlace to = *from;
    TRY(to.collection_no, find_collection_no(session, row));
    CHECK_OK(session.execute(update_of<ItemRow>, update_values(row, to.collection_no)));
    if (index == IndexUpdate::Rewrite) {
        CHECK_OK(reindex(session, *from, to, row));
        return true;
    }
    CHECK_OK(touch_index(session, to, row.updated_at));
    CHECK_OK(tally_item(session, to, {.at = row.updated_at}));
    return true;
}

Result<bool> delete_item(Session& session, const OrganizationId& organization, const ItemId& id, Timestamp at) {
    TRY(const auto place, session.first(kDelete, read_as<ItemPlace>, organization, id, at));
    if (!place)
        return false;
    TRY(const bool counted, unindex_item(session, *place));
    CHECK_OK(tally_item(session, *place, {.items = counted ? -1 : 0, .at = at}));
    return true;
}

Result<bool> purge_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    CHECK_OK(session.run(kPurgeProfiles, organization, id));
    return changed(session.run(kPurge, organization, id));
}

} // namespace landfall::catalog
