#pragma once
/// Links that are good once: to join an organization, and to choose a password. Each is known by the hexadecimal
/// SHA-256 of its secret.

#include "auth/principal.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

struct InvitationRow {
    std::string digest;
    OrganizationId organization_id;
    std::string email; ///< of the only one who may take it
    auth::OrganizationRole role = auth::OrganizationRole::Member;
    std::optional<ProjectId> project_id;
    std::optional<auth::ProjectRole> project_role; ///< in that project
    std::string invited_by;                        ///< id of the principal
    Timestamp created_at{};
    Timestamp expires_at{};
};

constexpr auto columns(Of<InvitationRow>) {
    using R = InvitationRow;
    using enum Use;
    return table("invitation", column("digest", &R::digest, Key), column("organization_id", &R::organization_id),
                 column("email", &R::email), column("role", &R::role), column("project_id", &R::project_id),
                 column("project_role", &R::project_role), column("invited_by", &R::invited_by),
                 column("created_at", &R::created_at), column("expires_at", &R::expires_at));
}

/// In the place of all others of the same organization for the same address.
Status put_invitation(Session& session, const InvitationRow& row);
/// One that has not expired.
Result<std::optional<InvitationRow>> find_invitation(Session& session, std::string_view digest, Timestamp now);
/// Takes it away; of two callers at most one gets it.
Result<std::optional<InvitationRow>> take_invitation(Session& session, std::string_view digest, Timestamp now);
/// Takes all of an organization away.
Status delete_invitations(Session& session, const OrganizationId& organization);

struct PasswordLinkRow {
    std::string digest;
    UserId user_id;
    Timestamp created_at{};
    Timestamp expires_at{};
};

constexpr auto columns(Of<PasswordLinkRow>) {
    using R = PasswordLinkRow;
    using enum Use;
    return table("password_link", column("digest", &R::digest, Key), column("user_id", &R::user_id),
                 column("created_at", &R::created_at), column("expires_at", &R::expires_at));
}

/// In the place of all others of the same user.
Status put_password_link(Session& session, const PasswordLinkRow& row);
/// One that has not expired.
Result<std::optional<PasswordLinkRow>> find_password_link(Session& session, std::string_view digest, Timestamp now);
/// Takes it away; of two callers at most one gets it.
Result<std::optional<PasswordLinkRow>> take_password_link(Session& session, std::string_view digest, Timestamp now);
/// Takes all of the user away.
Status delete_password_links(Session& session, const UserId& user);

/// Removes links of both kinds that expired before; how many.
Result<std::int64_t> purge_links(Session& session, Timestamp before);

} // namespace landfall::catalog
