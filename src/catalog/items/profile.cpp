#include "catalog/items/profile.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, organization_id, item_id, name, type, layer, config, asset_key, is_default, "
                             "sort_order, version, created_by, created_at, updated_at";
constexpr SqlText kOfItem = " FROM visualization_profile WHERE organization_id = ?1 AND item_id = ?2";
constexpr SqlText kOrder = " ORDER BY sort_order, created_at, id";
constexpr std::string_view kInsert = insert_sql<"visualization_profile", kColumns>;
constexpr std::string_view kFindByIdOrName =
    sql<"SELECT ", kColumns, kOfItem,
        " AND (id = ?3 OR name = ?3) ORDER BY id = ?3 DESC, sort_order, created_at, id LIMIT 1">;
constexpr std::string_view kFindDefault = sql<"SELECT ", kColumns, kOfItem, " AND is_default = 1">;
constexpr std::string_view kList = sql<"SELECT ", kColumns, kOfItem, kOrder>;
constexpr std::string_view kClearDefault = R"(
UPDATE visualization_profile SET is_default = 0
WHERE organization_id = ?1 AND item_id = ?2 AND is_default = 1 AND id <> ?3)";

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.organization_id, r.item_id, r.name, r.type, r.layer, r.config, r.asset_key, r.is_default,
                    r.sort_order, r.version, r.created_by, r.created_at, r.updated_at);
}

Status clear_other_defaults(Session& session, const ProfileRow& row) {
    if (!row.is_default)
        return {};
    return done(session.run(kClearDefault, row.organization_id, row.item_id, row.id));
}

} // namespace

static auto fields_of(ProfileRow& row) {
    return tie(row);
}

Status insert_profile(Session& session, const ProfileRow& row) {
    CHECK_OK(clear_other_defaults(session, row));
    return done(session.execute(kInsert, bind_fields(tie(row))));
}

Result<std::optional<ProfileRow>> find_profile_by_id_or_name(Session& session, const OrganizationId& organization,
                                                             const ItemId& item, std::string_view id_or_name) {
    return session.first(kFindByIdOrName, read_row<ProfileRow>, organization, item, id_or_name);
}

Result<std::optional<ProfileRow>> find_default_profile(Session& session, const OrganizationId& organization,
                                                       const ItemId& item) {
    return session.first(kFindDefault, read_row<ProfileRow>, organization, item);
}

Result<std::vector<ProfileRow>> list_profiles(Session& session, const OrganizationId& organization,
                                              const ItemId& item) {
    return session.all(kList, read_row<ProfileRow>, organization, item);
}

} // namespace landfall::catalog
