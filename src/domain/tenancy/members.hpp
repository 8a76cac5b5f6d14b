#pragma once
/// Members of an organization. Contract: geopera.md section 3.2, extensions.md Catalog.

#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"

namespace landfall::domain {

/// Gives a member another role. NotFound for who is no member; PermissionDenied where an owner is made or changed by
/// who is none; Conflict if the organization would be left without an owner. For organization admins.
Status update_member(Context& cx, const OrganizationId& organization, const UserId& user, auth::OrganizationRole role);
/// Ends a membership with every role in the organization's projects. The same guards; everybody may leave.
Status remove_member(Context& cx, const OrganizationId& organization, const UserId& user);

/// The rules of the two, for who has every right: the server's operator.
Status change_role(catalog::Transaction& transaction, const catalog::MembershipRow& wanted);
Status end_membership(catalog::Transaction& transaction, const OrganizationId& organization, const UserId& user);
/// Adds a member. Conflict for who is one.
Status add_member(catalog::Transaction& transaction, const catalog::MembershipRow& wanted);

/// PermissionDenied where a role is given, or taken from who has it, that is above the caller's own.
Status check_may_give(Context& cx, const OrganizationId& organization, auth::OrganizationRole role);

} // namespace landfall::domain
