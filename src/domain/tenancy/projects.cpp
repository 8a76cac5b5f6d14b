#include "domain/tenancy/projects.hpp"

#include "catalog/tenancy/user.hpp"

namespace landfall::domain {

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

Result<catalog::ProjectMemberRow> add_project_member(Context& cx, const catalog::ProjectRow& project,
                                                     const UserId& user, auth::ProjectRole role) {
    TRY(const auto membership, catalog::find_membership(cx.session, project.organization_id, user));
    if (!membership)
        return fail(Code::NotFound, "The organization has no such user; add the user to the organization first");
    TRY(const auto member, catalog::find_project_member(cx.session, project.organization_id, project.id, user));
    if (member)
        return fail(Code::Conflict, "The user is a member of the project already");
    catalog::ProjectMemberRow row{project.organization_id, project.id, user, role, cx.now};
    CHECK_OK(catalog::insert_project_member(cx.session, row));
    return row;
}

} // namespace landfall::domain
