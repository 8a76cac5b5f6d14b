#include "catalog/tenancy/user.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<UserRow>, " WHERE id = ?1">;
constexpr std::string_view kLock = sql<select_from<UserRow>, " WHERE id = ?1 FOR UPDATE">;
constexpr std::string_view kFindByEmail = sql<select_from<UserRow>, " WHERE lower(email) = lower(?1)">;
constexpr std::string_view kFindOwner = sql<select_from<UserRow, "u">, R"(
JOIN membership m ON m.user_id = u.id
WHERE m.organization_id = ?1 AND m.role = 'owner' ORDER BY m.created_at, m.user_id LIMIT 1)">;
constexpr std::string_view kCountOwned = "SELECT count(*) FROM membership WHERE user_id = ?1 AND role = 'owner'";
constexpr std::string_view kHasUsers = "SELECT 1 FROM app_user LIMIT 1";
constexpr std::string_view kListUsers = sql<select_from<UserRow>, " WHERE deleted_at IS NULL ORDER BY created_at, id">;

constexpr std::string_view kPutMember =
    sql<insert_into<MembershipRow>, " ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role">;
constexpr std::string_view kFindMember =
    sql<select_from<MembershipRow>, " WHERE organization_id = ?1 AND user_id = ?2">;

constexpr std::string_view kOrganizationsOf = R"(
SELECT organization_id FROM (
    SELECT organization_id, 0 AS far, created_at FROM membership WHERE user_id = ?1
    UNION ALL SELECT organization_id, 1, created_at FROM project_member WHERE user_id = ?1) AS place
GROUP BY organization_id ORDER BY min(far), min(created_at), organization_id)";

} // namespace

Status insert_user(Session& session, const UserRow& row) {
    return done(session.execute(insert_into<UserRow>, insert_values(row)));
}

Result<bool> update_user(Session& session, const UserRow& row) {
    return changed(session.execute(update_of<UserRow>, update_values(row)));
}

Result<std::optional<UserRow>> find_user(Session& session, const UserId& id) {
    return session.first(kFind, read_as<UserRow>, id);
}

Result<std::optional<UserRow>> lock_user(Session& session, const UserId& id) {
    return session.first(session.pick(kFind, kLock), read_as<UserRow>, id);
}

Result<std::optional<UserRow>> find_user_by_email(Session& session, std::string_view email) {
    return session.first(kFindByEmail, read_as<UserRow>, email);
}

Result<std::optional<UserRow>> find_owner(Session& session, const OrganizationId& organization) {
    return session.first(kFindOwner, read_as<UserRow>, organization);
}

Result<std::int64_t> count_owned(Session& session, const UserId& user) {
    TRY(const auto owned, session.first(kCountOwned, read_as<std::int64_t>, user));
    return owned.value_or(0);
}

Result<bool> has_users(Session& session) {
    TRY(const auto one, session.first(kHasUsers, [](const Row&) { return true; }));
    return one.has_value();
}

Result<std::vector<UserRow>> list_users(Session& session) {
    return session.all(kListUsers, read_as<UserRow>);
}

Status put_membership(Session& session, const MembershipRow& row) {
    return done(session.execute(kPutMember, insert_values(row)));
}

Result<std::optional<MembershipRow>> find_membership(Session& session, const OrganizationId& organization,
                                                     const UserId& user) {
    return session.first(kFindMember, read_as<MembershipRow>, organization, user);
}

Result<std::vector<OrganizationId>> list_organizations_of(Session& session, const UserId& user) {
    return session.all(kOrganizationsOf, read_as<OrganizationId>, user);
}

} // namespace landfall::catalog
