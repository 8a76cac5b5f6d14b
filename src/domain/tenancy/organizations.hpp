#pragma once
/// Organizations and their users: making them, and the first ones of a fresh server. Contract: geopera.md section 3.3.

#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

/// InvalidArgument naming the field unless it has 1 to 255 bytes of UTF-8 without control characters.
Status check_name(std::string_view field, std::string_view name);

/// Conflict once the caller's user owns as many organizations as one may, PermissionDenied for a caller without one.
Status check_may_found(Context& cx);
/// A new organization of that name with a free slug. `owner`, if any, is enrolled.
Result<catalog::OrganizationRow> create_organization(database::Session& session, catalog::OrganizationRow wanted,
                                                     const std::optional<UserId>& owner, Timestamp now);

/// For admins of the organization.
Status rename_organization(Context& cx, const OrganizationId& id, const std::string& name);

struct NewUser {
    std::string email;
    std::string name;
    std::string password_hash;
    bool is_system_admin = false;
};
/// InvalidArgument if the email has no form of one or holds blanks, Conflict if it is taken.
Result<catalog::UserRow> create_user(database::Session& session, const NewUser& user, Timestamp now);

/// Whether an organization without a live API key gets one, of every scope.
enum class FirstKey { Make, Leave };

/// What `landfall init` makes sure of, and what the first start in a browser does.
struct Bootstrap {
    std::optional<std::string> organization; ///< absent: the first that there is, or a new one called Landfall
    std::optional<std::string> project;      ///< absent: the organization's first, or a new one called Default
    std::optional<std::string> email;        ///< absent: the organization's owner, or a new one with an address of ours
    std::string password_hash;               ///< used only for a user that is new
    std::optional<std::string> name{};       ///< of a user that is new; absent: what stands before the @
    FirstKey key = FirstKey::Make;
};
struct Bootstrapped {
    OrganizationId organization_id;
    ProjectId project_id;
    ProjectId stac_project_id; ///< of the STAC face, in whichever organization
    UserId user_id;
    std::optional<std::string> api_key; ///< only when newly minted: the organization had no live key
    std::string email;
    bool user_created = false;
};
/// Creates what is missing of organization, project, project of the STAC face, user, membership and API key; safe to
/// repeat and to run beside a server.
Result<Bootstrapped> bootstrap(database::Session& session, const Bootstrap& wanted, Timestamp now);

} // namespace landfall::domain
