#include "catalog/items/asset.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kObject = " LEFT JOIN object o ON o.id = a.object_id";
constexpr SqlText kOwn = " WHERE a.organization_id = ?1";
constexpr SqlText kLive = " AND a.deleted_at IS NULL";
constexpr SqlText kOfItem = " AND a.item_id = ?2 AND (a.id = ?3 OR a.asset_key = ?3)";
constexpr SqlText kBest = " ORDER BY a.id = ?3 DESC, a.deleted_at IS NULL DESC, a.created_at DESC, a.id DESC LIMIT 1";
constexpr std::string_view kFind = sql<select_from<AssetRow, "a">, kObject, kOwn, kOfItem, kLive, kBest>;
constexpr std::string_view kFindById = sql<select_from<AssetRow, "a">, kObject, kOwn, " AND a.id = ?2", kLive>;
constexpr std::string_view kFindAnywhere = sql<select_from<AssetRow, "a">, kObject, R"(
JOIN project p ON p.id = a.project_id AND p.deleted_at IS NULL WHERE a.id = ?1)",
                                               kLive>;
constexpr std::string_view kList =
    sql<select_from<AssetRow, "a">, kObject, kOwn, " AND a.item_id = ?2", kLive, " ORDER BY a.created_at, a.id">;
constexpr SqlText kFilesOf = text_of<SqlParts<select_from<AssetRow, "a">, kObject, kOwn, kLive, R"(
    AND a.is_rendition = 0 AND a.item_id IN (SELECT )">>;
constexpr std::string_view kFilesOfSqlite = sql<kFilesOf, "value FROM json_each(?2)) ORDER BY a.item_id, a.asset_key">;
constexpr std::string_view kFilesOfPostgres =
    sql<kFilesOf, "json_array_elements_text(CAST(CAST(?2 AS TEXT) AS JSON))) ORDER BY a.item_id, a.asset_key">;
constexpr std::string_view kListEvenDeleted =
    sql<select_from<AssetRow, "a">, kObject, kOwn, " AND a.item_id = ?2 ORDER BY a.created_at, a.id">;
constexpr std::string_view kCountFiles = R"(
SELECT count(*) FROM asset WHERE organization_id = ?1 AND item_id = ?2 AND deleted_at IS NULL AND is_rendition = 0)";
constexpr std::string_view kListOfObject =
    sql<select_from<AssetRow, "a">, kObject, kOwn, " AND a.object_id = ?2", kLive, " ORDER BY a.item_id, a.id">;
constexpr std::string_view kListMissing =
    sql<select_from<AssetRow, "a">, kObject, " WHERE a.damage = 'missing'", kLive, " ORDER BY a.id LIMIT ?1">;
constexpr std::string_view kUpdate = sql<update_of<AssetRow>, " AND deleted_at IS NULL">;
constexpr std::string_view kDelete = R"(
UPDATE asset SET deleted_at = ?3, updated_at = ?3 WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL)";
constexpr std::string_view kPurge = "DELETE FROM asset WHERE organization_id = ?1 AND item_id = ?2";

} // namespace

std::string content_digest(const AssetRow& asset) {
    const std::string sha256 = asset.sha256.value_or("");
    return sha256.empty() ? asset.md5.value_or("") : sha256;
}

Status insert_asset(Session& session, const AssetRow& row) {
    return done(session.execute(insert_into<AssetRow>, insert_values(row)));
}

Result<std::optional<AssetRow>> find_asset(Session& session, const OrganizationId& organization, const ItemId& item,
                                           std::string_view id_or_key) {
    return session.first(kFind, read_as<AssetRow>, organization, item, id_or_key);
}

Result<std::optional<AssetRow>> find_asset_by_id(Session& session, const OrganizationId& organization,
                                                 const AssetId& id) {
    return session.first(kFindById, read_as<AssetRow>, organization, id);
}

Result<std::optional<AssetRow>> find_asset_of_any_organization(Session& session, const AssetId& id) {
    return session.first(kFindAnywhere, read_as<AssetRow>, id);
}

Result<std::vector<AssetRow>> list_assets(Session& session, const OrganizationId& organization, const ItemId& item) {
    return session.all(kList, read_as<AssetRow>, organization, item);
}

Result<std::vector<AssetRow>> list_files_of_items(Session& session, const OrganizationId& organization,
                                                  const std::vector<ItemId>& items) {
    Json ids = Json::array();
    for (const ItemId& item : items)
        ids.push(Json(item.str()));
    return session.all(session.pick(kFilesOfSqlite, kFilesOfPostgres), read_as<AssetRow>, organization, ids.dump());
}

Result<std::vector<AssetRow>> list_assets_even_deleted(Session& session, const OrganizationId& organization,
                                                       const ItemId& item) {
    return session.all(kListEvenDeleted, read_as<AssetRow>, organization, item);
}

Result<std::int64_t> count_files(Session& session, const OrganizationId& organization, const ItemId& item) {
    TRY(const auto count, session.first(kCountFiles, read_as<std::int64_t>, organization, item));
    return count.value_or(0);
}

Result<std::vector<AssetRow>> list_assets_of_object(Session& session, const OrganizationId& organization,
                                                    const ObjectId& object) {
    return session.all(kListOfObject, read_as<AssetRow>, organization, object);
}

Result<std::vector<AssetRow>> list_missing_assets(Session& session, std::int64_t limit) {
    return session.all(kListMissing, read_as<AssetRow>, limit);
}

Result<bool> update_asset(Session& session, const AssetRow& row) {
    return changed(session.execute(kUpdate, update_values(row)));
}

Result<bool> delete_asset(Session& session, const OrganizationId& organization, const AssetId& id, Timestamp at) {
    return changed(session.run(kDelete, organization, id, at));
}

Status purge_assets(Session& session, const OrganizationId& organization, const ItemId& item) {
    return done(session.run(kPurge, organization, item));
}

} // namespace landfall::catalog
