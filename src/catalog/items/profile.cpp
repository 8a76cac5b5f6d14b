#include "catalog/items/profile.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kOfItem = " WHERE organization_id = ?1 AND item_id = ?2";
constexpr SqlText kOrder = " ORDER BY sort_order, created_at, id";
constexpr std::string_view kFindByIdOrName =
    sql<select_from<ProfileRow>, kOfItem,
        " AND (id = ?3 OR name = ?3) ORDER BY id = ?3 DESC, sort_order, created_at, id LIMIT 1">;
constexpr std::string_view kFind = sql<select_from<ProfileRow>, kOfItem, " AND id = ?3">;
constexpr std::string_view kFindDefault = sql<select_from<ProfileRow>, kOfItem, " AND is_default = 1">;
constexpr std::string_view kList = sql<select_from<ProfileRow>, kOfItem, kOrder>;
constexpr std::string_view kDelete = "DELETE FROM visualization_profile WHERE organization_id = ?1 AND id = ?2";
constexpr std::string_view kClearDefault = R"(
UPDATE visualization_profile SET is_default = 0
WHERE organization_id = ?1 AND item_id = ?2 AND is_default = 1 AND id <> ?3)";

Status clear_other_defaults(Session& session, const ProfileRow& row) {
    if (!row.is_default)
        return {};
    return done(session.run(kClearDefault, row.organization_id, row.item_id, row.id));
}

} // namespace

Status insert_profile(Session& session, const ProfileRow& row) {
    CHECK_OK(clear_other_defaults(session, row));
    return done(session.execute(insert_into<ProfileRow>, insert_values(row)));
}

Result<bool> update_profile(Session& session, const ProfileRow& row) {
    CHECK_OK(clear_other_defaults(session, row));
    return changed(session.execute(update_of<ProfileRow>, update_values(row)));
}

Result<bool> delete_profile(Session& session, const OrganizationId& organization, const ProfileId& id) {
    return changed(session.run(kDelete, organization, id));
}

Result<std::optional<ProfileRow>> find_profile(Session& session, const OrganizationId& organization, const ItemId& item,
                                               const ProfileId& id) {
    return session.first(kFind, read_as<ProfileRow>, organization, item, id);
}

Result<std::optional<ProfileRow>> find_profile_by_id_or_name(Session& session, const OrganizationId& organization,
                                                             const ItemId& item, std::string_view id_or_name) {
    return session.first(kFindByIdOrName, read_as<ProfileRow>, organization, item, id_or_name);
}

Result<std::optional<ProfileRow>> find_default_profile(Session& session, const OrganizationId& organization,
                                                       const ItemId& item) {
    return session.first(kFindDefault, read_as<ProfileRow>, organization, item);
}

Result<std::vector<ProfileRow>> list_profiles(Session& session, const OrganizationId& organization,
                                              const ItemId& item) {
    return session.all(kList, read_as<ProfileRow>, organization, item);
}

} // namespace landfall::catalog
