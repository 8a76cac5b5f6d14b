#include "catalog/items/collection.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kLive = " WHERE organization_id = ?1 AND deleted_at IS NULL";
constexpr SqlText kOrder = " ORDER BY layer_order, name, id";
constexpr SqlText kOne = " AND id = ?2";
constexpr std::string_view kFind = sql<select_from<CollectionRow>, kLive, kOne>;
constexpr std::string_view kFindStacId = sql<"SELECT stac_id FROM collection", kLive, kOne>;
constexpr SqlText kByStacId = text_of<SqlParts<"SELECT id FROM collection", kLive, " AND stac_id IN (SELECT ">>;
constexpr std::string_view kByStacIdSqlite = sql<kByStacId, "value FROM json_each(?2))">;
constexpr std::string_view kByStacIdPostgres =
    sql<kByStacId, "json_array_elements_text(CAST(CAST(?2 AS TEXT) AS JSON)))">;
constexpr std::string_view kLockPostgres = sql<select_from<CollectionRow>, kLive, kOne, " FOR UPDATE">;
constexpr std::string_view kHoldPostgres = sql<select_from<CollectionRow>, kLive, kOne, " FOR KEY SHARE">;
constexpr std::string_view kUpdate = sql<update_of<CollectionRow>, " AND deleted_at IS NULL">;
constexpr std::string_view kList = sql<select_from<CollectionRow>, kLive, " AND project_id = ?2", kOrder>;
constexpr SqlText kInProject = " AND project_id = ?2";
constexpr SqlText kByOneStacId = " AND stac_id = ?3";
constexpr std::string_view kFindByStacId = sql<select_from<CollectionRow>, kLive, kInProject, kByOneStacId>;
constexpr std::string_view kHoldByStacIdPostgres =
    sql<select_from<CollectionRow>, kLive, kInProject, kByOneStacId, " FOR KEY SHARE">;
constexpr SqlText kPublished =
    text_of<SqlParts<select_from<CollectionRow>, kLive, kInProject, " AND is_published = 1">>;
constexpr std::string_view kPublishedLater = sql<kPublished, " AND stac_id > ?3 ORDER BY stac_id LIMIT ?4">;
constexpr std::string_view kPublishedEarlier = sql<kPublished, " AND stac_id < ?3 ORDER BY stac_id DESC LIMIT ?4">;
constexpr std::string_view kDelete = R"(
UPDATE collection SET deleted_at = ?3, updated_at = ?3 WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL)";

} // namespace

Status insert_collection(Session& session, const CollectionRow& row) {
    return done(session.execute(insert_into<CollectionRow>, insert_values(row)));
}

Result<std::optional<CollectionRow>> find_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id) {
    return session.first(kFind, read_as<CollectionRow>, organization, id);
}

Result<std::optional<CollectionRow>> hold_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id) {
    return session.first(session.pick(kFind, kHoldPostgres), read_as<CollectionRow>, organization, id);
}

Result<std::optional<std::string>> find_stac_id(Session& session, const OrganizationId& organization,
                                                const CollectionId& id) {
    return session.first(kFindStacId, read_as<std::string>, organization, id);
}

Result<std::vector<CollectionId>> find_collections_by_stac_id(Session& session, const OrganizationId& organization,
                                                              const std::vector<std::string>& stac_ids) {
    return session.all(session.pick(kByStacIdSqlite, kByStacIdPostgres), read_as<CollectionId>, organization,
                       Json::array_of(stac_ids).dump());
}

Result<std::optional<CollectionRow>> find_collection_by_stac_id(Session& session, const OrganizationId& organization,
                                                                const ProjectId& project, std::string_view stac_id) {
    return session.first(kFindByStacId, read_as<CollectionRow>, organization, project, stac_id);
}

Result<std::optional<CollectionRow>> hold_collection_by_stac_id(Session& session, const OrganizationId& organization,
                                                                const ProjectId& project, std::string_view stac_id) {
    return session.first(session.pick(kFindByStacId, kHoldByStacIdPostgres), read_as<CollectionRow>, organization,
                         project, stac_id);
}

Result<std::vector<CollectionRow>> list_published_collections(Session& session, const PublishedList& list) {
    return session.all(list.toward == Toward::Later ? kPublishedLater : kPublishedEarlier, read_as<CollectionRow>,
                       list.organization_id, list.project_id, list.from, list.limit);
}

Result<std::optional<CollectionRow>> lock_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id) {
    return session.first(session.pick(kFind, kLockPostgres), read_as<CollectionRow>, organization, id);
}

Result<bool> update_collection(Session& session, const CollectionRow& row) {
    return changed(session.execute(kUpdate, update_values(row)));
}

Result<bool> delete_collection(Session& session, const OrganizationId& organization, const CollectionId& id,
                               Timestamp at) {
    return changed(session.run(kDelete, organization, id, at));
}

Result<std::vector<CollectionRow>> list_collections(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project) {
    return session.all(kList, read_as<CollectionRow>, organization, project);
}

} // namespace landfall::catalog
