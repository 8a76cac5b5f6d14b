#pragma once
/// Projects and their members. Contract: geopera.md section 3.3.

#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/context.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// A new project of `wanted.organization_id`; `owner`, if any, becomes its owner.
Result<catalog::ProjectRow> create_project(database::Session& session, catalog::ProjectRow wanted,
                                           const std::optional<UserId>& owner, Timestamp now);

/// The same as the caller, whose user becomes the owner if he is a member of the organization.
Result<catalog::ProjectRow> create_project(Context& cx, catalog::ProjectRow wanted);

struct ProjectQuery {
    std::optional<OrganizationId> organization_id; ///< absent: the caller's own
    bool include_archived = false;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
struct ListedProject {
    catalog::ProjectSummary project;
    auth::ProjectRole role = auth::ProjectRole::Viewer; ///< the caller's
};
struct ListedProjects {
    std::vector<ListedProject> projects;
    std::int64_t total = 0;
};
/// The projects that the caller may read, oldest first; none for a caller without an organization.
Result<ListedProjects> list_projects(Context& cx, const ProjectQuery& query);

/// What `projects.update` changes.
struct ProjectChange {
    std::optional<std::string> name;
    schema::Patch<std::string> description;
    std::optional<bool> is_archived;
};
/// Also of an archived project. For project admins.
Result<catalog::ProjectRow> update_project(Context& cx, const ProjectId& id, const ProjectChange& change);

/// Enrols a user of the organization. NotFound for an unknown user or one of another organization, Conflict if he is
/// a member already. For project admins.
Result<catalog::ProjectMemberRow> add_project_member(Context& cx, const ProjectId& project, const UserId& user,
                                                     auth::ProjectRole role);
/// NotFound for who is no member, Conflict if the project would be left without an owner. For project admins.
Result<catalog::ProjectMemberRow> update_project_member(Context& cx, const ProjectId& project, const UserId& user,
                                                        auth::ProjectRole role);
/// The same guards.
Status remove_project_member(Context& cx, const ProjectId& project, const UserId& user);

/// The rules of the first and the last, for who has every right: the server's operator.
Status enrol(database::Session& session, const catalog::ProjectMemberRow& wanted);
Status end_project_membership(database::Session& session, const OrganizationId& organization, const ProjectId& project,
                              const UserId& user);

} // namespace landfall::domain
