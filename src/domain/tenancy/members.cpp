#include "domain/tenancy/members.hpp"

#include "domain/tenancy/access.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

auto no_member() {
    return fail(Code::NotFound, "The organization has no such member; organizations.members.list tells whom it has");
}

/// A member whose role changes, with the organization locked: neither he nor its other owners change meanwhile.
Result<catalog::MembershipRow> lock_member(database::Session& session, const OrganizationId& organization,
                                           const UserId& user) {
    CHECK_OK(catalog::lock_organization(session, organization));
    TRY(const auto member, catalog::find_membership(session, organization, user));
    return member ? Result<catalog::MembershipRow>(*member) : no_member();
}

Status check_others_own(database::Session& session, const catalog::MembershipRow& member) {
    if (member.role != OrganizationRole::Owner)
        return {};
    TRY(const auto owners, catalog::count_owners(session, member.organization_id));
    return owners > 1
               ? Status()
               : fail(Code::Conflict, "This is the organization's last owner, who stays; make another one first");
}

/// What the caller may take from the member.
Status check_may_change(Context& cx, const OrganizationId& organization, const UserId& user) {
    CHECK_OK(require_organization(cx, organization, OrganizationRole::Admin));
    TRY(const auto member, catalog::find_membership(cx.session, organization, user));
    return member ? check_may_give(cx, organization, member->role) : no_member();
}

} // namespace

Status check_may_give(Context& cx, const OrganizationId& organization, OrganizationRole role) {
    if (role != OrganizationRole::Owner || require_organization(cx, organization, OrganizationRole::Owner))
        return {};
    return fail(Code::PermissionDenied,
                "Only an owner of the organization can make or change an owner; sign in as one, "
                "for a key acts as an admin");
}

Status update_member(Context& cx, const OrganizationId& organization, const UserId& user, OrganizationRole role) {
    CHECK_OK(check_may_change(cx, organization, user));
    CHECK_OK(check_may_give(cx, organization, role));
    cx.touch(organization.str());
    cx.touch(user.str());
    return change_role(cx.transaction, {organization, user, role, cx.now});
}

Status remove_member(Context& cx, const OrganizationId& organization, const UserId& user) {
    if (cx.principal.grants.memberships_of == user)
        CHECK_OK(require_organization(cx, organization, OrganizationRole::Member));
    else
        CHECK_OK(check_may_change(cx, organization, user));
    cx.touch(organization.str());
    cx.touch(user.str());
    return end_membership(cx.transaction, organization, user);
}

Status change_role(catalog::Transaction& transaction, const catalog::MembershipRow& wanted) {
    TRY(const auto member, lock_member(transaction, wanted.organization_id, wanted.user_id));
    if (wanted.role != member.role)
        CHECK_OK(check_others_own(transaction, member));
    CHECK_OK(catalog::put_membership(transaction, wanted));
    transaction.changes(wanted.organization_id);
    return {};
}

Status end_membership(catalog::Transaction& transaction, const OrganizationId& organization, const UserId& user) {
    TRY(const auto member, lock_member(transaction, organization, user));
    CHECK_OK(check_others_own(transaction, member));
    CHECK_OK(catalog::delete_membership(transaction, organization, user));
    transaction.changes(organization);
    return {};
}

Status add_member(catalog::Transaction& transaction, const catalog::MembershipRow& wanted) {
    CHECK_OK(catalog::lock_organization(transaction, wanted.organization_id));
    TRY(const auto member, catalog::find_membership(transaction, wanted.organization_id, wanted.user_id));
    if (member)
        return fail(Code::Conflict, "The user is a member of the organization already");
    CHECK_OK(catalog::put_membership(transaction, wanted));
    transaction.changes(wanted.organization_id);
    return {};
}

} // namespace landfall::domain
