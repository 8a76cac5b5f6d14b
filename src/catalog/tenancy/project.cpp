#include "catalog/tenancy/project.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kLive = " WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL";
constexpr std::string_view kFind = sql<select_from<ProjectRow>, kLive>;
constexpr std::string_view kFindAnywhere = sql<select_from<ProjectRow>, " WHERE id = ?1 AND deleted_at IS NULL">;
constexpr std::string_view kFindStac = sql<select_from<ProjectRow>, " WHERE is_stac = 1 AND deleted_at IS NULL">;
constexpr std::string_view kLockPostgres = sql<select_from<ProjectRow>, kLive, " FOR UPDATE">;
constexpr std::string_view kList = sql<select_from<ProjectRow>, R"(
WHERE organization_id = ?1 AND deleted_at IS NULL AND is_archived <= ?2 ORDER BY created_at, id)">;
constexpr std::string_view kUpdate = sql<update_of<ProjectRow>, " AND deleted_at IS NULL">;
constexpr std::string_view kDelete = R"(
UPDATE project SET deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL)";

/// The projects that a list is about: ?3 holds their ids as a JSON array, or is NULL.
constexpr SqlText kListed = R"(
WHERE organization_id = ?1 AND deleted_at IS NULL AND is_archived <= ?2 AND (CAST(?3 AS TEXT) IS NULL OR id IN ()";
constexpr SqlText kOnlySqlite = "SELECT value FROM json_each(?3)))";
constexpr SqlText kOnlyPostgres = "SELECT json_array_elements_text(CAST(CAST(?3 AS TEXT) AS JSON))))";
constexpr SqlText kPage = " ORDER BY created_at, id LIMIT ?4 OFFSET ?5";
constexpr std::string_view kPageSqlite = sql<select_from<ProjectSummary>, kListed, kOnlySqlite, kPage>;
constexpr std::string_view kPagePostgres = sql<select_from<ProjectSummary>, kListed, kOnlyPostgres, kPage>;
constexpr std::string_view kCountSqlite = sql<"SELECT count(*) FROM project", kListed, kOnlySqlite>;
constexpr std::string_view kCountPostgres = sql<"SELECT count(*) FROM project", kListed, kOnlyPostgres>;

constexpr std::string_view kForgetMembers = "DELETE FROM project_member WHERE organization_id = ?1 AND project_id = ?2";
constexpr std::string_view kListToEmpty = sql<select_from<DeletedProject>, R"(
WHERE deleted_at IS NOT NULL AND emptied_at IS NULL ORDER BY deleted_at, id LIMIT ?1)">;
constexpr std::string_view kPurgeCollections = R"(
DELETE FROM collection WHERE no IN (SELECT no FROM collection WHERE organization_id = ?1 AND project_id = ?2 LIMIT ?3))";
constexpr std::string_view kForgetTallies =
    "DELETE FROM item_tally WHERE project_no = (SELECT no FROM project WHERE id = ?2 AND organization_id = ?1)";
constexpr std::string_view kMarkEmptied =
    "UPDATE project SET emptied_at = ?3 WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NOT NULL";

constexpr SqlText kMember = " WHERE organization_id = ?1 AND project_id = ?2 AND user_id = ?3";
constexpr std::string_view kFindMember = sql<select_from<ProjectMemberRow>, kMember>;
constexpr std::string_view kListRoles =
    sql<select_from<ProjectMemberRow>, " WHERE user_id = ?2 AND organization_id = ?1 ORDER BY project_id">;
constexpr std::string_view kDeleteMember = sql<"DELETE FROM project_member", kMember>;
constexpr std::string_view kCountOwners =
    "SELECT count(*) FROM project_member WHERE organization_id = ?1 AND project_id = ?2 AND role = 'owner'";

std::string ids_of(const std::vector<ProjectId>& projects) {
    Json ids = Json::array();
    for (const auto& project : projects)
        ids.push(Json(project.str()));
    return ids.dump();
}

} // namespace

Status insert_project(Session& session, const ProjectRow& row) {
    return done(session.execute(insert_into<ProjectRow>, insert_values(row)));
}

Result<std::optional<ProjectRow>> find_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id) {
    return session.first(kFind, read_as<ProjectRow>, id, organization);
}

Result<std::optional<ProjectRow>> find_project_of_any_organization(Session& session, const ProjectId& id) {
    return session.first(kFindAnywhere, read_as<ProjectRow>, id);
}

Result<std::optional<ProjectRow>> find_stac_project(Session& session) {
    return session.first(kFindStac, read_as<ProjectRow>);
}

Result<std::optional<ProjectRow>> lock_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id) {
    return session.first(session.pick(kFind, kLockPostgres), read_as<ProjectRow>, id, organization);
}

Result<std::vector<ProjectRow>> list_projects(Session& session, const OrganizationId& organization,
                                              ArchivedProjects archived) {
    return session.all(kList, read_as<ProjectRow>, organization, archived == ArchivedProjects::Show);
}

Result<bool> update_project(Session& session, const ProjectRow& row) {
    return changed(session.execute(kUpdate, update_values(row)));
}

Result<bool> delete_project(Session& session, const OrganizationId& organization, const ProjectId& id, Timestamp at) {
    CHECK_OK(session.run(kForgetMembers, organization, id));
    return changed(session.run(kDelete, id, organization, at));
}

Result<ProjectPage> page_projects(Session& session, const ProjectList& list) {
    const bool archived = list.archived == ArchivedProjects::Show;
    const auto only = list.only ? std::optional(ids_of(*list.only)) : std::nullopt;
    ProjectPage page;
    TRY(page.projects, session.all(session.pick(kPageSqlite, kPagePostgres), read_as<ProjectSummary>,
                                   list.organization_id, archived, only, list.limit, list.offset));
    TRY(const auto total, session.first(session.pick(kCountSqlite, kCountPostgres), read_as<std::int64_t>,
                                        list.organization_id, archived, only));
    page.total = total.value_or(0);
    return page;
}

Result<std::vector<DeletedProject>> list_projects_to_empty(Session& session, std::int64_t limit) {
    return session.all(kListToEmpty, read_as<DeletedProject>, limit);
}

Result<std::int64_t> purge_collections(Session& session, const DeletedProject& project, std::int64_t limit) {
    return session.run(kPurgeCollections, project.organization_id, project.id, limit);
}

Status mark_emptied(Session& session, const DeletedProject& project, Timestamp at) {
    CHECK_OK(session.run(kForgetTallies, project.organization_id, project.id));
    return done(session.run(kMarkEmptied, project.organization_id, project.id, at));
}

Status insert_project_member(Session& session, const ProjectMemberRow& row) {
    return done(session.execute(insert_into<ProjectMemberRow>, insert_values(row)));
}

Result<std::optional<ProjectMemberRow>> find_project_member(Session& session, const OrganizationId& organization,
                                                            const ProjectId& project, const UserId& user) {
    return session.first(kFindMember, read_as<ProjectMemberRow>, organization, project, user);
}

Result<std::vector<ProjectMemberRow>> list_project_roles(Session& session, const OrganizationId& organization,
                                                         const UserId& user) {
    return session.all(kListRoles, read_as<ProjectMemberRow>, organization, user);
}

Result<bool> update_project_member(Session& session, const ProjectMemberRow& row) {
    return changed(session.execute(update_of<ProjectMemberRow>, update_values(row)));
}

Result<bool> delete_project_member(Session& session, const OrganizationId& organization, const ProjectId& project,
                                   const UserId& user) {
    return changed(session.run(kDeleteMember, organization, project, user));
}

Result<std::int64_t> count_project_owners(Session& session, const OrganizationId& organization,
                                          const ProjectId& project) {
    return session.first(kCountOwners, read_as<std::int64_t>, organization, project).map([](const auto& count) {
        return count.value_or(0);
    });
}

} // namespace landfall::catalog
