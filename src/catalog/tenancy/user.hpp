#pragma once
/// Users and their membership in organizations (geopera.md section 3.2).

#include "auth/principal.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct UserRow {
    UserId id;
    std::string email; ///< unique without regard to ASCII case
    std::string name;
    std::string password_hash; ///< Argon2id in its text form; empty: cannot sign in with a password
    bool is_system_admin = false;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> disabled_at; ///< may not sign in since
    std::optional<Timestamp> deleted_at;  ///< only what he made names him still; his email is free again
    std::int64_t token_epoch = 0;         ///< counts what ends the tokens that are derived from it and the password
};

constexpr auto columns(Of<UserRow>) {
    using R = UserRow;
    using enum Use;
    return table("app_user", column("id", &R::id, Key), column("email", &R::email, Mutable),
                 column("name", &R::name, Mutable), column("password_hash", &R::password_hash, Mutable),
                 column("is_system_admin", &R::is_system_admin, Mutable), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at, Mutable), column("disabled_at", &R::disabled_at, Mutable),
                 column("deleted_at", &R::deleted_at, Mutable), column("token_epoch", &R::token_epoch, Mutable));
}

/// Conflict if the id or the email is taken.
Status insert_user(Session& session, const UserRow& row);
/// Writes the mutable columns. False if unknown.
Result<bool> update_user(Session& session, const UserRow& row);
Result<std::optional<UserRow>> find_user(Session& session, const UserId& id);
/// The same, held so that nobody changes it before the transaction ends.
Result<std::optional<UserRow>> lock_user(Session& session, const UserId& id);
Result<std::optional<UserRow>> find_user_by_email(Session& session, std::string_view email);
/// The longest-standing owner of the organization.
Result<std::optional<UserRow>> find_owner(Session& session, const OrganizationId& organization);
/// Whether there is any.
Result<bool> has_users(Session& session);
/// Without deleted ones, oldest first.
Result<std::vector<UserRow>> list_users(Session& session);

struct MembershipRow {
    OrganizationId organization_id;
    UserId user_id;
    auth::OrganizationRole role = auth::OrganizationRole::Member;
    Timestamp created_at{};
};

constexpr auto columns(Of<MembershipRow>) {
    using R = MembershipRow;
    using enum Use;
    return table("membership", column("organization_id", &R::organization_id, Key), column("user_id", &R::user_id, Key),
                 column("role", &R::role), column("created_at", &R::created_at));
}

/// Adds a member or changes the role of one.
Status put_membership(Session& session, const MembershipRow& row);
/// How many organizations the user owns.
Result<std::int64_t> count_owned(Session& session, const UserId& user);
Result<std::optional<MembershipRow>> find_membership(Session& session, const OrganizationId& organization,
                                                     const UserId& user);

/// The organizations that the user is a member of, oldest membership first; then those in whose projects alone.
Result<std::vector<OrganizationId>> list_organizations_of(Session& session, const UserId& user);

} // namespace landfall::catalog
