#include "domain/tenancy/projects.hpp"

#include "catalog/tenancy/user.hpp"
#include "domain/tenancy/access.hpp"

#include <algorithm>
#include <iterator>

namespace landfall::domain {
namespace {

/// A project about to be changed by one of its admins, its row locked.
Result<catalog::ProjectRow> require_for_update(Context& cx, const ProjectId& id) {
    CHECK_OK(require_project(cx, id, ProjectRole::Admin));
    TRY(auto project, catalog::lock_project(cx.session, cx.principal.organization_id, id));
    if (!project)
        return fail(Code::NotFound, "Project not found");
    return std::move(*project);
}

/// A member of a project that is about to lose the role that he has.
Result<catalog::ProjectMemberRow> lock_replaceable(database::Session& session, const OrganizationId& organization,
                                                   const ProjectId& project, const UserId& user) {
    CHECK_OK(catalog::lock_project(session, organization, project));
    TRY(const auto member, catalog::find_project_member(session, organization, project, user));
    if (!member)
        return fail(Code::NotFound, "The project has no such member; projects.members.list tells whom it has");
    if (member->role != ProjectRole::Owner)
        return *member;
    TRY(const auto owners, catalog::count_project_owners(session, organization, project));
    if (owners <= 1)
        return fail(Code::Conflict, "This is the project's last owner, who stays; a project needs one");
    return *member;
}

/// A project whose members one of its admins changes.
Result<catalog::ProjectRow> require_for_members(Context& cx, const ProjectId& id, const UserId& user) {
    TRY(auto project, require_project(cx, id, ProjectRole::Admin));
    cx.touch(project.id.str());
    cx.touch(user.str());
    return project;
}

} // namespace

Result<catalog::ProjectRow> create_project(database::Session& session, catalog::ProjectRow wanted,
                                           const std::optional<UserId>& owner, Timestamp now) {
    wanted.id = ProjectId::make();
    wanted.created_by = owner;
    wanted.created_at = wanted.updated_at = now;
    CHECK_OK(catalog::insert_project(session, wanted));
    if (owner)
        CHECK_OK(catalog::insert_project_member(
            session, {wanted.organization_id, wanted.id, *owner, auth::ProjectRole::Owner, now}));
    return wanted;
}

Result<catalog::ProjectRow> create_project(Context& cx, catalog::ProjectRow wanted) {
    std::optional<UserId> owner = cx.principal.user_id;
    if (owner) {
        TRY(const auto member, catalog::find_membership(cx.session, wanted.organization_id, *owner));
        owner = member ? owner : std::nullopt;
    }
    TRY(auto project, create_project(cx.session, std::move(wanted), owner, cx.now));
    cx.touch(project.id.str());
    return project;
}

Result<ListedProjects> list_projects(Context& cx, const ProjectQuery& query) {
    catalog::ProjectList list;
    list.organization_id = query.organization_id.value_or(cx.principal.organization_id);
    if (query.organization_id)
        CHECK_OK(require_organization(cx, *query.organization_id, OrganizationRole::Member));
    else if (list.organization_id.empty())
        return ListedProjects();
    if (list.organization_id == cx.principal.organization_id) {
        TRY(list.only, readable_projects(cx));
    }
    list.archived = query.include_archived ? catalog::ArchivedProjects::Show : catalog::ArchivedProjects::Hide;
    list.limit = query.limit;
    list.offset = query.offset;
    TRY(auto page, catalog::page_projects(cx.session, list));
    std::vector<ProjectId> ids;
    std::ranges::transform(page.projects, std::back_inserter(ids), &catalog::ProjectSummary::id);
    CHECK_OK(learn_project_roles(cx, list.organization_id, ids));
    ListedProjects listed{{}, page.total};
    for (auto& project : page.projects) {
        TRY(const auto role, project_role(cx, project.organization_id, project.id));
        listed.projects.push_back({std::move(project), role.value_or(ProjectRole::Viewer)});
    }
    return listed;
}

Result<catalog::ProjectRow> update_project(Context& cx, const ProjectId& id, const ProjectChange& change) {
    TRY(auto project, require_for_update(cx, id));
    project.name = change.name.value_or(project.name);
    change.description.assign_to(project.description);
    project.is_archived = change.is_archived.value_or(project.is_archived);
    project.updated_at = cx.now;
    CHECK_OK(catalog::update_project(cx.session, project));
    cx.touch(project.id.str());
    return project;
}

Result<catalog::ProjectMemberRow> add_project_member(Context& cx, const ProjectId& id, const UserId& user,
                                                     auth::ProjectRole role) {
    TRY(const auto project, require_for_members(cx, id, user));
    const catalog::ProjectMemberRow row{project.organization_id, project.id, user, role, cx.now};
    CHECK_OK(enrol(cx.session, row));
    return row;
}

Result<catalog::ProjectMemberRow> update_project_member(Context& cx, const ProjectId& id, const UserId& user,
                                                        auth::ProjectRole role) {
    TRY(const auto project, require_for_members(cx, id, user));
    TRY(auto member, lock_replaceable(cx.session, project.organization_id, project.id, user));
    member.role = role;
    CHECK_OK(catalog::update_project_member(cx.session, member));
    return member;
}

Status remove_project_member(Context& cx, const ProjectId& id, const UserId& user) {
    TRY(const auto project, require_for_members(cx, id, user));
    return end_project_membership(cx.session, project.organization_id, project.id, user);
}

Status enrol(database::Session& session, const catalog::ProjectMemberRow& wanted) {
    TRY(const auto membership, catalog::find_membership(session, wanted.organization_id, wanted.user_id));
    if (!membership)
        return fail(Code::NotFound, "The organization has no such user; add the user to the organization first");
    CHECK_OK(catalog::lock_project(session, wanted.organization_id, wanted.project_id));
    TRY(const auto member,
        catalog::find_project_member(session, wanted.organization_id, wanted.project_id, wanted.user_id));
    if (member)
        return fail(Code::Conflict, "The user is a member of the project already");
    return catalog::insert_project_member(session, wanted);
}

Status end_project_membership(database::Session& session, const OrganizationId& organization, const ProjectId& project,
                              const UserId& user) {
    CHECK_OK(lock_replaceable(session, organization, project, user));
    CHECK_OK(catalog::delete_project_member(session, organization, project, user));
    return {};
}

} // namespace landfall::domain
