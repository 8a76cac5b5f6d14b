#pragma once
/// Invitations: links by which somebody joins an organization, once, within 72 hours, under one address. Contract:
/// extensions.md Catalog, `users.invite`.

#include "catalog/tenancy/invitation.hpp"
#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"
#include "domain/tenancy/one_time_secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace landfall::domain {

struct NewInvitation {
    OrganizationId organization_id;
    std::string email;
    auth::OrganizationRole role = auth::OrganizationRole::Member;
    std::optional<ProjectId> project_id;
    std::optional<auth::ProjectRole> project_role; ///< in the project; absent: editor
};
/// Takes the place of earlier ones for the same address. Conflict for who is a member already, PermissionDenied for a
/// role above the caller's own, NotFound for a project of another organization. For organization admins.
Result<OneTimeSecret> invite(Context& cx, const NewInvitation& wanted);

/// What an invitation says to whoever opens it.
struct OpenInvitation {
    catalog::InvitationRow invitation;
    std::string organization_name;
    std::optional<catalog::UserRow> user; ///< who has the address already, and accepts by signing in
};
/// NotFound for one that is unknown, used or expired.
Result<OpenInvitation> find_invitation(database::Session& session, std::string_view secret, Timestamp now);

/// Somebody who has no account yet.
struct NewAccount {
    std::string name;
    std::string password_hash; ///< as `auth::hash_password` gives it
};
/// Who accepts: an account that is made for it, or the user of that address, who has shown that he is.
using Accepting = std::variant<NewAccount, UserId>;
/// Makes the user where there is none, and a member of the organization and the project; the invitation is used up.
/// PermissionDenied for another user than the one who is invited, Conflict for a new account under an address that has
/// one.
Result<catalog::UserRow> accept_invitation(catalog::Transaction& transaction, std::string_view secret,
                                           const Accepting& who, Timestamp now);

} // namespace landfall::domain
