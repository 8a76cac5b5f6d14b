#include "catalog/items/collection.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, organization_id, project_id, stac_id, name, description, color, show_on_map, "
                             "layer_order, auto_created, source_type, source_id, document, created_by, created_at, "
                             "updated_at, deleted_at";
constexpr SqlText kSelect = R"(, (
    SELECT CAST(coalesce(sum(t.items), 0) AS BIGINT) FROM item_tally t
    WHERE t.collection_no = collection.no
      AND t.project_no = (SELECT p.no FROM project p WHERE p.id = collection.project_id))
FROM collection WHERE organization_id = ?1 AND deleted_at IS NULL)";
constexpr SqlText kOrder = " ORDER BY layer_order, name, id";
constexpr std::string_view kInsert = insert_sql<"collection", kColumns>;
constexpr std::string_view kFind = sql<"SELECT ", kColumns, kSelect, " AND id = ?2">;
constexpr std::string_view kList = sql<"SELECT ", kColumns, kSelect, " AND project_id = ?2", kOrder>;

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.organization_id, r.project_id, r.stac_id, r.name, r.description, r.color, r.show_on_map,
                    r.layer_order, r.auto_created, r.source_type, r.source_id, r.document, r.created_by, r.created_at,
                    r.updated_at, r.deleted_at);
}

} // namespace

static auto fields_of(CollectionRow& row) {
    return std::tuple_cat(tie(row), std::tie(row.item_count));
}

Status insert_collection(Session& session, const CollectionRow& row) {
    return done(session.execute(kInsert, bind_fields(tie(row))));
}

Result<std::optional<CollectionRow>> find_collection(Session& session, const OrganizationId& organization,
                                                     const CollectionId& id) {
    return session.first(kFind, read_row<CollectionRow>, organization, id);
}

Result<std::vector<CollectionRow>> list_collections(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project) {
    return session.all(kList, read_row<CollectionRow>, organization, project);
}

} // namespace landfall::catalog
