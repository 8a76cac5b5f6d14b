#pragma once
/// Members of a project or of an organization, as lists show them.

#include "auth/principal.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <string>
#include <vector>

namespace landfall::catalog {

template<typename Role>
struct Member {
    UserId user_id;
    std::string email, name;
    Role role{};
    Timestamp created_at{}; ///< since when
};

template<typename Role>
constexpr auto columns(Of<Member<Role>>) {
    using R = Member<Role>;
    constexpr bool of_project = std::is_same_v<Role, auth::ProjectRole>;
    return excerpt(of_project ? "project_member" : "membership", column("user_id", &R::user_id),
                   joined("u.email", &R::email), joined("u.name", &R::name), column("role", &R::role),
                   column("created_at", &R::created_at));
}

template<typename Role>
struct MemberPage {
    std::vector<Member<Role>> members;
    std::int64_t total = 0;
};

struct PageOf {
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
/// Longest-standing first, and how many there are beyond the page.
Result<MemberPage<auth::ProjectRole>> page_project_members(Session& session, const OrganizationId& organization,
                                                           const ProjectId& project, const PageOf& page);
Result<MemberPage<auth::OrganizationRole>> page_members(Session& session, const OrganizationId& organization,
                                                        const PageOf& page);

/// How many owners an organization has.
Result<std::int64_t> count_owners(Session& session, const OrganizationId& organization);
/// Ends a membership and every role in a project of the organization. False if there was none.
Result<bool> delete_membership(Session& session, const OrganizationId& organization, const UserId& user);
/// Ends all memberships of an organization.
Status delete_memberships(Session& session, const OrganizationId& organization);
/// Every organization that the user is a member of, with his role there.
struct OwnMembership {
    OrganizationId organization_id;
    auth::OrganizationRole role = auth::OrganizationRole::Member;
};

constexpr auto columns(Of<OwnMembership>) {
    using R = OwnMembership;
    return excerpt("membership", column("organization_id", &R::organization_id), column("role", &R::role));
}
Result<std::vector<OwnMembership>> list_memberships_of(Session& session, const UserId& user);

} // namespace landfall::catalog
