#include "catalog/items/asset.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, organization_id, project_id, item_id, asset_key, object_id, href, file_name, title, "
                             "media_type, roles, file_size_bytes, checksum, band_names, data_type, nodata, statistics, "
                             "facts, is_rendition, created_at, updated_at, deleted_at";
constexpr SqlText kSelect = R"(
SELECT a.id, a.organization_id, a.project_id, a.item_id, a.asset_key, a.object_id, a.href, a.file_name, a.title,
    a.media_type, a.roles, a.file_size_bytes, a.checksum, a.band_names, a.data_type, a.nodata, a.statistics, a.facts,
    a.is_rendition, a.created_at, a.updated_at, a.deleted_at, o.blob_key, o.sha256, o.md5
FROM asset a LEFT JOIN object o ON o.id = a.object_id)";
constexpr SqlText kOwn = " WHERE a.organization_id = ?1";
constexpr SqlText kLive = " AND a.deleted_at IS NULL";
constexpr SqlText kOfItem = " AND a.item_id = ?2 AND (a.id = ?3 OR a.asset_key = ?3)";
constexpr SqlText kBest = " ORDER BY a.id = ?3 DESC, a.deleted_at IS NULL DESC, a.created_at DESC, a.id DESC LIMIT 1";
constexpr std::string_view kInsert = insert_sql<"asset", kColumns>;
constexpr std::string_view kFind = sql<kSelect, kOwn, kOfItem, kLive, kBest>;
constexpr std::string_view kFindById = sql<kSelect, kOwn, " AND a.id = ?2", kLive>;
constexpr std::string_view kFindAnywhere = sql<kSelect, " WHERE a.id = ?1", kLive>;
constexpr std::string_view kList = sql<kSelect, kOwn, " AND a.item_id = ?2", kLive, " ORDER BY a.created_at, a.id">;
constexpr std::string_view kListEvenDeleted = sql<kSelect, kOwn, " AND a.item_id = ?2 ORDER BY a.created_at, a.id">;
constexpr std::string_view kUpdate = R"(
UPDATE asset SET asset_key = ?3, object_id = ?4, href = ?5, file_name = ?6, title = ?7, media_type = ?8, roles = ?9,
    file_size_bytes = ?10, checksum = ?11, band_names = ?12, data_type = ?13, nodata = ?14, statistics = ?15,
    facts = ?16, is_rendition = ?17, updated_at = ?18
WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL)";
constexpr std::string_view kDelete = R"(
UPDATE asset SET deleted_at = ?3, updated_at = ?3 WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL)";
constexpr std::string_view kPurge = "DELETE FROM asset WHERE organization_id = ?1 AND item_id = ?2";

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.organization_id, r.project_id, r.item_id, r.key, r.object_id, r.href, r.file_name, r.title,
                    r.media_type, r.roles, r.file_size_bytes, r.checksum, r.band_names, r.data_type, r.nodata,
                    r.statistics, r.facts, r.is_rendition, r.created_at, r.updated_at, r.deleted_at);
}

} // namespace

static auto fields_of(AssetRow& row) {
    return std::tuple_cat(tie(row), std::tie(row.blob_key, row.sha256, row.md5));
}

Status insert_asset(Session& session, const AssetRow& row) {
    return done(session.execute(kInsert, bind_fields(tie(row))));
}

Result<std::optional<AssetRow>> find_asset(Session& session, const OrganizationId& organization, const ItemId& item,
                                           std::string_view id_or_key) {
    return session.first(kFind, read_row<AssetRow>, organization, item, id_or_key);
}

Result<std::optional<AssetRow>> find_asset_by_id(Session& session, const OrganizationId& organization,
                                                 const AssetId& id) {
    return session.first(kFindById, read_row<AssetRow>, organization, id);
}

Result<std::optional<AssetRow>> find_asset_of_any_organization(Session& session, const AssetId& id) {
    return session.first(kFindAnywhere, read_row<AssetRow>, id);
}

Result<std::vector<AssetRow>> list_assets(Session& session, const OrganizationId& organization, const ItemId& item) {
    return session.all(kList, read_row<AssetRow>, organization, item);
}

Result<std::vector<AssetRow>> list_assets_even_deleted(Session& session, const OrganizationId& organization,
                                                       const ItemId& item) {
    return session.all(kListEvenDeleted, read_row<AssetRow>, organization, item);
}

Result<bool> update_asset(Session& session, const AssetRow& row) {
    return changed(session.run(kUpdate, row.organization_id, row.id, row.key, row.object_id, row.href, row.file_name,
                               row.title, row.media_type, row.roles, row.file_size_bytes, row.checksum, row.band_names,
                               row.data_type, row.nodata, row.statistics, row.facts, row.is_rendition, row.updated_at));
}

Result<bool> delete_asset(Session& session, const OrganizationId& organization, const AssetId& id, Timestamp at) {
    return changed(session.run(kDelete, organization, id, at));
}

Status purge_assets(Session& session, const OrganizationId& organization, const ItemId& item) {
    return done(session.run(kPurge, organization, item));
}

} // namespace landfall::catalog
