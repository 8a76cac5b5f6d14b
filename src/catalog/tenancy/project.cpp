#include "catalog/tenancy/project.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind =
    sql<select_from<ProjectRow>, " WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL">;
constexpr std::string_view kList = sql<select_from<ProjectRow>, R"(
WHERE organization_id = ?1 AND deleted_at IS NULL AND is_archived <= ?2 ORDER BY created_at, id)">;
constexpr std::string_view kUpdate = sql<update_of<ProjectRow>, " AND deleted_at IS NULL">;
constexpr std::string_view kDelete = R"(
UPDATE project SET deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL)";

constexpr SqlText kMember = " WHERE organization_id = ?1 AND project_id = ?2 AND user_id = ?3";
constexpr std::string_view kFindMember = sql<select_from<ProjectMemberRow>, kMember>;

} // namespace

Status insert_project(Session& session, const ProjectRow& row) {
    return done(session.execute(insert_into<ProjectRow>, insert_values(row)));
}

Result<std::optional<ProjectRow>> find_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id) {
    return session.first(kFind, read_as<ProjectRow>, id, organization);
}

Result<std::vector<ProjectRow>> list_projects(Session& session, const OrganizationId& organization,
                                              ArchivedProjects archived) {
    return session.all(kList, read_as<ProjectRow>, organization, archived == ArchivedProjects::Show);
}

Result<bool> update_project(Session& session, const ProjectRow& row) {
    return changed(session.execute(kUpdate, update_values(row)));
}

Result<bool> delete_project(Session& session, const OrganizationId& organization, const ProjectId& id, Timestamp at) {
    return changed(session.run(kDelete, id, organization, at));
}

Status insert_project_member(Session& session, const ProjectMemberRow& row) {
    return done(session.execute(insert_into<ProjectMemberRow>, insert_values(row)));
}

Result<std::optional<ProjectMemberRow>> find_project_member(Session& session, const OrganizationId& organization,
                                                            const ProjectId& project, const UserId& user) {
    return session.first(kFindMember, read_as<ProjectMemberRow>, organization, project, user);
}

} // namespace landfall::catalog
