#include "catalog/tenancy/project.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, organization_id, name, description, gcs_region, is_archived, created_by, created_at, "
                             "updated_at, deleted_at";
constexpr std::string_view kInsert = insert_sql<"project", kColumns>;
constexpr std::string_view kFind =
    sql<"SELECT ", kColumns, " FROM project WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL">;
constexpr std::string_view kList = sql<"SELECT ", kColumns, R"( FROM project
WHERE organization_id = ?1 AND deleted_at IS NULL AND is_archived <= ?2 ORDER BY created_at, id)">;
constexpr std::string_view kUpdate = R"(
UPDATE project SET name = ?3, description = ?4, gcs_region = ?5, is_archived = ?6, updated_at = ?7
WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL)";
constexpr std::string_view kDelete = R"(
UPDATE project SET deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL)";

constexpr SqlText kMemberColumns = "organization_id, project_id, user_id, role, created_at";
constexpr SqlText kMember = " WHERE organization_id = ?1 AND project_id = ?2 AND user_id = ?3";
constexpr std::string_view kInsertMember = insert_sql<"project_member", kMemberColumns>;
constexpr std::string_view kFindMember = sql<"SELECT ", kMemberColumns, " FROM project_member", kMember>;

template<typename T>
auto tie_project(T& r) {
    return std::tie(r.id, r.organization_id, r.name, r.description, r.gcs_region, r.is_archived, r.created_by,
                    r.created_at, r.updated_at, r.deleted_at);
}
template<typename T>
auto tie_member(T& r) {
    return std::tie(r.organization_id, r.project_id, r.user_id, r.role, r.created_at);
}

} // namespace

static auto fields_of(ProjectRow& row) {
    return tie_project(row);
}
static auto fields_of(ProjectMemberRow& row) {
    return tie_member(row);
}

Status insert_project(Session& session, const ProjectRow& row) {
    return done(session.execute(kInsert, bind_fields(tie_project(row))));
}

Result<std::optional<ProjectRow>> find_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id) {
    return session.first(kFind, read_row<ProjectRow>, id, organization);
}

Result<std::vector<ProjectRow>> list_projects(Session& session, const OrganizationId& organization,
                                              ArchivedProjects archived) {
    return session.all(kList, read_row<ProjectRow>, organization, archived == ArchivedProjects::Show);
}

Result<bool> update_project(Session& session, const ProjectRow& row) {
    return changed(session.run(kUpdate, row.id, row.organization_id, row.name, row.description, row.gcs_region,
                               row.is_archived, row.updated_at));
}

Result<bool> delete_project(Session& session, const OrganizationId& organization, const ProjectId& id, Timestamp at) {
    return changed(session.run(kDelete, id, organization, at));
}

Status insert_project_member(Session& session, const ProjectMemberRow& row) {
    return done(session.execute(kInsertMember, bind_fields(tie_member(row))));
}

Result<std::optional<ProjectMemberRow>> find_project_member(Session& session, const OrganizationId& organization,
                                                            const ProjectId& project, const UserId& user) {
    return session.first(kFindMember, read_row<ProjectMemberRow>, organization, project, user);
}

} // namespace landfall::catalog
