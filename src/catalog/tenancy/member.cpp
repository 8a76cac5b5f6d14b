#include "catalog/tenancy/member.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

using OfProject = Member<auth::ProjectRole>;
using OfOrganization = Member<auth::OrganizationRole>;

constexpr SqlText kUsers = " JOIN app_user u ON u.id = m.user_id";
constexpr SqlText kPage = " ORDER BY m.created_at, m.user_id LIMIT ?2 OFFSET ?3";
constexpr std::string_view kOfProject =
    sql<select_from<OfProject, "m">, kUsers, " WHERE m.project_id = ?1 AND m.organization_id = ?4", kPage>;
constexpr std::string_view kCountOfProject =
    "SELECT count(*) FROM project_member WHERE project_id = ?1 AND organization_id = ?2";
constexpr std::string_view kOfOrganization =
    sql<select_from<OfOrganization, "m">, kUsers, " WHERE m.organization_id = ?1", kPage>;
constexpr std::string_view kCountOfOrganization = "SELECT count(*) FROM membership WHERE organization_id = ?1";

constexpr std::string_view kCountOwners =
    "SELECT count(*) FROM membership WHERE organization_id = ?1 AND role = 'owner'";
constexpr std::string_view kLeaveProjects = "DELETE FROM project_member WHERE organization_id = ?1 AND user_id = ?2";
constexpr std::string_view kLeave = "DELETE FROM membership WHERE organization_id = ?1 AND user_id = ?2";
constexpr std::string_view kLeaveAll = "DELETE FROM membership WHERE organization_id = ?1";
constexpr std::string_view kOwn =
    sql<select_from<OwnMembership>, " WHERE user_id = ?1 ORDER BY created_at, organization_id">;

} // namespace

Result<MemberPage<auth::ProjectRole>> page_project_members(Session& session, const OrganizationId& organization,
                                                           const ProjectId& project, const PageOf& page) {
    MemberPage<auth::ProjectRole> out;
    TRY(out.members, session.all(kOfProject, read_as<OfProject>, project, page.limit, page.offset, organization));
    TRY(const auto total, session.first(kCountOfProject, read_as<std::int64_t>, project, organization));
    out.total = total.value_or(0);
    return out;
}

Result<MemberPage<auth::OrganizationRole>> page_members(Session& session, const OrganizationId& organization,
                                                        const PageOf& page) {
    MemberPage<auth::OrganizationRole> out;
    TRY(out.members, session.all(kOfOrganization, read_as<OfOrganization>, organization, page.limit, page.offset));
    TRY(const auto total, session.first(kCountOfOrganization, read_as<std::int64_t>, organization));
    out.total = total.value_or(0);
    return out;
}

Result<std::int64_t> count_owners(Session& session, const OrganizationId& organization) {
    TRY(const auto count, session.first(kCountOwners, read_as<std::int64_t>, organization));
    return count.value_or(0);
}

Result<bool> delete_membership(Session& session, const OrganizationId& organization, const UserId& user) {
    CHECK_OK(session.run(kLeaveProjects, organization, user));
    return changed(session.run(kLeave, organization, user));
}

Status delete_memberships(Session& session, const OrganizationId& organization) {
    return done(session.run(kLeaveAll, organization));
}

Result<std::vector<OwnMembership>> list_memberships_of(Session& session, const UserId& user) {
    return session.all(kOwn, read_as<OwnMembership>, user);
}

} // namespace landfall::catalog
