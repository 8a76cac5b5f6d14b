#include "domain/tenancy/users.hpp"

#include "catalog/tenancy/invitation.hpp"
#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/organization.hpp"
#include "core/text.hpp"
#include "domain/tenancy/end_sessions.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::chrono::hours kPasswordLinkLives{24};

/// Nothing that was given to the user before lets anybody in any more.
Status shut_out(catalog::Transaction& transaction, const catalog::UserRow& user, Timestamp now) {
    CHECK_OK(end_sessions(transaction, user.id, now));
    return catalog::delete_password_links(transaction, user.id);
}

Status store(catalog::Transaction& transaction, catalog::UserRow& user, Timestamp now) {
    user.updated_at = now;
    TRY(const bool stored, catalog::update_user(transaction, user));
    if (!stored)
        return fail(Code::NotFound, "There is no such user");
    return shut_out(transaction, user, now);
}

Status leave_all(catalog::Transaction& transaction, const catalog::UserRow& user) {
    TRY(const auto memberships, catalog::list_memberships_of(transaction, user.id));
    for (const auto& [organization, role] : memberships) {
        TRY(const auto row, catalog::lock_organization(transaction, organization));
        TRY(const auto owners, catalog::count_owners(transaction, organization));
        if (row && role == auth::OrganizationRole::Owner && owners <= 1)
            return fail(
                Code::Conflict,
                fmt::format("{} is the last owner of {} ({}); make another one first, or delete the organization",
                            user.email, row->name, row->id.str()));
        CHECK_OK(catalog::delete_membership(transaction, organization, user.id));
    }
    return {};
}

Result<catalog::UserRow> user_of(database::Session& session, const std::optional<catalog::PasswordLinkRow>& link) {
    const auto missing = [] {
        return fail(Code::NotFound, "The link is unknown, was used before or has expired. Ask for another one");
    };
    if (!link)
        return missing();
    TRY(const auto user, catalog::find_user(session, link->user_id));
    return user && !user->deleted_at ? Result<catalog::UserRow>(*user) : missing();
}

} // namespace

Status check_email(std::string_view email) {
    const auto at = email.find('@');
    const bool blanks = email.find(' ') != std::string_view::npos || has_control(email);
    if (at == 0 || at == std::string_view::npos || at + 1 == email.size() || email.size() > 254 || blanks ||
        !is_utf8(email))
        return fail_field("email", "The email address needs the form name@host");
    return {};
}

Result<catalog::UserRow> require_user(database::Session& session, std::string_view id_or_email) {
    const bool is_email = id_or_email.find('@') != std::string_view::npos;
    TRY(const auto user, is_email ? catalog::find_user_by_email(session, id_or_email)
                                  : catalog::find_user(session, UserId(std::string(id_or_email))));
    if (!user || user->deleted_at)
        return fail(Code::NotFound, fmt::format("There is no user '{}'; landfall user list tells who there is",
                                                clean_utf8(id_or_email, 254)));
    return *user;
}

Status disable_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now) {
    user.disabled_at = user.disabled_at.value_or(now);
    ++user.token_epoch;
    return store(transaction, user, now);
}

Status enable_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now) {
    user.disabled_at.reset();
    return store(transaction, user, now);
}

Status delete_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now) {
    CHECK_OK(shut_out(transaction, user, now));
    CHECK_OK(leave_all(transaction, user));
    user.email = user.id.str(); // no address has this form, so the user's own is free again
    user.name.clear();
    user.password_hash.clear();
    user.is_system_admin = false;
    user.deleted_at = now;
    return store(transaction, user, now);
}

Status set_password(catalog::Transaction& transaction, catalog::UserRow user, const std::string& hash, Timestamp now) {
    user.password_hash = hash;
    return store(transaction, user, now);
}

Result<OneTimeSecret> make_password_link(database::Session& session, const catalog::UserRow& user, Timestamp now) {
    auto made = make_one_time_secret(now + kPasswordLinkLives);
    CHECK_OK(catalog::put_password_link(session, {one_time_digest(made.secret), user.id, now, made.expires_at}));
    return made;
}

Result<catalog::UserRow> find_linked_user(database::Session& session, std::string_view secret, Timestamp now) {
    TRY(const auto link, catalog::find_password_link(session, one_time_digest(secret), now));
    return user_of(session, link);
}

Result<catalog::UserRow> use_password_link(catalog::Transaction& transaction, std::string_view secret,
                                           const std::string& hash, Timestamp now) {
    TRY(const auto link, catalog::take_password_link(transaction, one_time_digest(secret), now));
    TRY(const auto user, user_of(transaction, link));
    CHECK_OK(set_password(transaction, user, hash, now));
    return user;
}

} // namespace landfall::domain
