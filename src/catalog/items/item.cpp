#include "catalog/items/item.hpp"

#include "catalog/items/item_index.hpp"
#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns =
    "id, organization_id, project_id, collection_id, stac_id, type, west, south, east, north, datetime, "
    "start_datetime, end_datetime, cloud_cover, gsd, name, lifecycle_state, expires_at, archived_at, "
    "previous_version_id, duplicated_from_id, order_id, upload_id, job_id, created_by, created_at, updated_at, "
    "deleted_at, version, description, record, properties, geometry, stac_extensions, facts, document";
constexpr SqlText kStored = "id, organization_id, project_id, collection_id, stac_id, type, west, south, east, north, "
                            "datetime, start_datetime, end_datetime, cloud_cover, gsd, name, lifecycle_state, "
                            "expires_at, archived_at, previous_version_id, duplicated_from_id, order_id, upload_id, "
                            "job_id, created_by, created_at, updated_at, deleted_at, version, description, record, "
                            "properties, geometry, stac_extensions, facts, document, project_no, collection_no";
constexpr std::string_view kInsert = upsert_sql<"item", kStored, " RETURNING no">;
constexpr SqlText kOne = " FROM item WHERE organization_id = ?1 AND id = ?2";
constexpr SqlText kLive = " AND deleted_at IS NULL";
constexpr std::string_view kFind = sql<"SELECT ", kColumns, kOne, kLive>;
constexpr std::string_view kFindEvenDeleted = sql<"SELECT ", kColumns, kOne>;
constexpr std::string_view kLockPostgres = sql<"SELECT ", kColumns, kOne, kLive, " FOR UPDATE">;
constexpr std::string_view kPlaceSqlite = sql<"SELECT no, project_no, collection_no", kOne, kLive, " AND version = ?3">;
constexpr std::string_view kPlacePostgres =
    sql<"SELECT no, project_no, collection_no", kOne, kLive, " AND version = ?3 FOR UPDATE">;
constexpr std::string_view kCollectionNoSqlite = R"(
SELECT no FROM collection WHERE id = ?1 AND organization_id = ?2 AND project_id = ?3 AND deleted_at IS NULL)";
constexpr std::string_view kCollectionNoPostgres = R"(
SELECT no FROM collection WHERE id = ?1 AND organization_id = ?2 AND project_id = ?3 AND deleted_at IS NULL FOR SHARE)";
constexpr std::string_view kUpdate = R"(
UPDATE item SET collection_no = ?2, collection_id = ?3, stac_id = ?4, type = ?5, west = ?6, south = ?7, east = ?8,
    north = ?9, datetime = ?10, start_datetime = ?11, end_datetime = ?12, cloud_cover = ?13, gsd = ?14, name = ?15,
    lifecycle_state = ?16, expires_at = ?17, archived_at = ?18, previous_version_id = ?19, duplicated_from_id = ?20,
    order_id = ?21, upload_id = ?22, job_id = ?23, updated_at = ?24, description = ?25, record = ?26,
    properties = ?27, geometry = ?28, stac_extensions = ?29, facts = ?30, document = ?31, version = version + 1
WHERE no = ?1)";
constexpr std::string_view kDelete = R"(
UPDATE item SET deleted_at = ?3, updated_at = ?3, lifecycle_state = 'deleted', version = version + 1
WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL RETURNING no, project_no, collection_no)";
constexpr std::string_view kPurgeProfiles =
    "DELETE FROM visualization_profile WHERE organization_id = ?1 AND item_id = ?2 AND EXISTS "
    "(SELECT 1 FROM item i WHERE i.id = ?2 AND i.deleted_at IS NOT NULL)";
constexpr std::string_view kPurge =
    "DELETE FROM item WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NOT NULL";

struct Sides {
    std::optional<double> west, south, east, north;
};

Sides sides_of(const std::optional<geo::Bounds>& box) {
    if (!box)
        return {};
    return {box->west, box->south, box->east, box->north};
}

template<typename T, typename S>
auto tie(T& r, S& sides) {
    return std::tie(r.id, r.organization_id, r.project_id, r.collection_id, r.stac_id, r.type, sides.west, sides.south,
                    sides.east, sides.north, r.datetime, r.start_datetime, r.end_datetime, r.cloud_cover, r.gsd, r.name,
                    r.lifecycle_state, r.expires_at, r.archived_at, r.previous_version_id, r.duplicated_from_id,
                    r.order_id, r.upload_id, r.job_id, r.created_by, r.created_at, r.updated_at, r.deleted_at,
                    r.version, r.description, r.record, r.properties, r.geometry, r.stac_extensions, r.facts,
                    r.document);
}

ItemRow read_item(const Row& row) {
    ItemRow out;
    Sides sides;
    load_fields(row, tie(out, sides));
    if (sides.west && sides.south && sides.east && sides.north)
        out.bbox = geo::Bounds{*sides.west, *sides.south, *sides.east, *sides.north};
    return out;
}

ItemPlace read_place(const Row& row) {
    return {row.integer(0), row.integer(1), row.integer(2)};
}

Result<std::int64_t> find_collection_no(Session& session, const ItemRow& row) {
    if (!row.collection_id)
        return 0;
    TRY(const auto no,
        session.first(
            session.pick(kCollectionNoSqlite, kCollectionNoPostgres), [](const Row& r) { return r.integer(0); },
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
    const Sides sides = sides_of(row.bbox);
    return bind_fields(tie(row, sides), place.project_no, place.collection_no);
}

Status reindex(Session& session, const ItemPlace& from, const ItemPlace& to, const ItemRow& row) {
    CHECK_OK(unindex_item(session, from));
    CHECK_OK(index_item(session, to, row));
    if (from.collection_no != to.collection_no)
        CHECK_OK(tally_item(session, from, {.items = -1}));
    const std::int64_t items = from.collection_no != to.collection_no ? 1 : 0;
    return tally_item(session, to, {.items = items, .span_us = item_span(row)});
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
    return tally_item(session, place, {.items = 1, .span_us = item_span(row), .created_slack_us = slack});
}

Result<std::optional<ItemRow>> find_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    return session.first(kFind, read_item, organization, id);
}

Result<std::optional<ItemRow>> find_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id) {
    return session.first(kFindEvenDeleted, read_item, organization, id);
}

Result<std::optional<ItemRow>> lock_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    return session.first(session.pick(kFind, kLockPostgres), read_item, organization, id);
}

Result<bool> update_item(Session& session, const ItemRow& row, IndexUpdate index) {
    TRY(const auto from, session.first(session.pick(kPlaceSqlite, kPlacePostgres), read_place, row.organization_id,
                                       row.id, row.version));
    if (!from)
        return false;
    ItemPlace to = *from;
    TRY(to.collection_no, find_collection_no(session, row));
    const Sides s = sides_of(row.bbox);
    CHECK_OK(session.run(kUpdate, to.no, to.collection_no, row.collection_id, row.stac_id, row.type, s.west, s.south,
                         s.east, s.north, row.datetime, row.start_datetime, row.end_datetime, row.cloud_cover, row.gsd,
                         row.name, row.lifecycle_state, row.expires_at, row.archived_at, row.previous_version_id,
                         row.duplicated_from_id, row.order_id, row.upload_id, row.job_id, row.updated_at,
                         row.description, row.record, row.properties, row.geometry, row.stac_extensions, row.facts,
                         row.document));
    if (index == IndexUpdate::Rewrite)
        CHECK_OK(reindex(session, *from, to, row));
    else
        CHECK_OK(tally_item(session, to, {}));
    return true;
}

Result<bool> delete_item(Session& session, const OrganizationId& organization, const ItemId& id, Timestamp at) {
    TRY(const auto place, session.first(kDelete, read_place, organization, id, at));
    if (!place)
        return false;
    CHECK_OK(unindex_item(session, *place));
    CHECK_OK(tally_item(session, *place, {.items = -1}));
    return true;
}

Result<bool> purge_item(Session& session, const OrganizationId& organization, const ItemId& id) {
    CHECK_OK(session.run(kPurgeProfiles, organization, id));
    return changed(session.run(kPurge, organization, id));
}

} // namespace landfall::catalog
