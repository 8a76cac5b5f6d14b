#include "catalog/tenancy/user.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kUserColumns = "id, email, name, password_hash, is_system_admin, created_at, updated_at";
constexpr std::string_view kInsertUser = insert_sql<"app_user", kUserColumns>;
constexpr std::string_view kFindByEmail = sql<"SELECT ", kUserColumns, " FROM app_user WHERE lower(email) = lower(?1)">;
constexpr std::string_view kFindOwner = R"(
SELECT u.id, u.email, u.name, u.password_hash, u.is_system_admin, u.created_at, u.updated_at
FROM membership m JOIN app_user u ON u.id = m.user_id
WHERE m.organization_id = ?1 AND m.role = 'owner' ORDER BY m.created_at, m.user_id LIMIT 1)";
constexpr std::string_view kHasUsers = "SELECT 1 FROM app_user LIMIT 1";
constexpr std::string_view kListUsers = sql<"SELECT ", kUserColumns, " FROM app_user ORDER BY created_at, id">;

constexpr SqlText kMemberColumns = "organization_id, user_id, role, created_at";
constexpr std::string_view kPutMember =
    "INSERT INTO membership (organization_id, user_id, role, created_at) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role";
constexpr std::string_view kFindMember =
    sql<"SELECT ", kMemberColumns, " FROM membership WHERE organization_id = ?1 AND user_id = ?2">;

template<typename T>
auto tie_user(T& r) {
    return std::tie(r.id, r.email, r.name, r.password_hash, r.is_system_admin, r.created_at, r.updated_at);
}
template<typename T>
auto tie_member(T& r) {
    return std::tie(r.organization_id, r.user_id, r.role, r.created_at);
}

} // namespace

static auto fields_of(UserRow& row) {
    return tie_user(row);
}
static auto fields_of(MembershipRow& row) {
    return tie_member(row);
}

Status insert_user(Session& session, const UserRow& row) {
    return done(session.execute(kInsertUser, bind_fields(tie_user(row))));
}

Result<std::optional<UserRow>> find_user_by_email(Session& session, std::string_view email) {
    return session.first(kFindByEmail, read_row<UserRow>, email);
}

Result<std::optional<UserRow>> find_owner(Session& session, const OrganizationId& organization) {
    return session.first(kFindOwner, read_row<UserRow>, organization);
}

Result<bool> has_users(Session& session) {
    TRY(const auto one, session.first(kHasUsers, [](const Row&) { return true; }));
    return one.has_value();
}

Result<std::vector<UserRow>> list_users(Session& session) {
    return session.all(kListUsers, read_row<UserRow>);
}

Status put_membership(Session& session, const MembershipRow& row) {
    return done(session.execute(kPutMember, bind_fields(tie_member(row))));
}

Result<std::optional<MembershipRow>> find_membership(Session& session, const OrganizationId& organization,
                                                     const UserId& user) {
    return session.first(kFindMember, read_row<MembershipRow>, organization, user);
}

} // namespace landfall::catalog
