#pragma once
/// Projects and who works in them (geopera.md section 3.3).

#include "auth/principal.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct ProjectRow {
    ProjectId id;
    OrganizationId organization_id;
    std::string name;
    std::optional<std::string> description;
    std::string gcs_region = "australia-southeast1"; ///< a label only
    bool is_archived = false;
    std::optional<UserId> created_by;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::optional<Timestamp> emptied_at; ///< of a deleted one: when nothing was left in it
    bool is_public = false;              ///< anybody may read what the STAC face, tiles and asset files show of it
    bool is_stac = false;                ///< the STAC face is about it: at most one of a catalog
};

constexpr auto columns(Of<ProjectRow>) {
    using R = ProjectRow;
    using enum Use;
    return table("project", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("name", &R::name, Mutable), column("description", &R::description, Mutable),
                 column("gcs_region", &R::gcs_region, Mutable), column("is_archived", &R::is_archived, Mutable),
                 column("created_by", &R::created_by), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at, Mutable), column("deleted_at", &R::deleted_at),
                 column("emptied_at", &R::emptied_at), column("is_public", &R::is_public, Mutable),
                 column("is_stac", &R::is_stac), generated("no"));
}

enum class ArchivedProjects { Hide, Show };

/// Conflict if the id is taken.
Status insert_project(Session& session, const ProjectRow& row);
/// A project that is not deleted.
Result<std::optional<ProjectRow>> find_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id);
/// By id alone: for the operator, who belongs to no organization.
Result<std::optional<ProjectRow>> find_project_of_any_organization(Session& session, const ProjectId& id);
/// The one that the STAC face is about, of whichever organization.
Result<std::optional<ProjectRow>> find_stac_project(Session& session);
/// One of the organization, its row locked against other writers until the transaction ends (PostgreSQL; SQLite has one
/// writer).
Result<std::optional<ProjectRow>> lock_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id);
/// Live projects, oldest first.
Result<std::vector<ProjectRow>> list_projects(Session& session, const OrganizationId& organization,
                                              ArchivedProjects archived);
/// Writes the mutable columns of a live project. False if there is none.
Result<bool> update_project(Session& session, const ProjectRow& row);
/// Marks a live project deleted, so that it and all in it is found no more, and forgets its members. False if there is
/// none. What it holds is the caller's to remove.
Result<bool> delete_project(Session& session, const OrganizationId& organization, const ProjectId& id, Timestamp at);

/// A project as lists show it.
struct ProjectSummary {
    ProjectId id;
    OrganizationId organization_id;
    std::string name;
    bool is_archived = false;
    Timestamp created_at{};
    std::int64_t item_count = 0; ///< live items
};

constexpr auto columns(Of<ProjectSummary>) {
    using R = ProjectSummary;
    return excerpt("project", column("id", &R::id), column("organization_id", &R::organization_id),
                   column("name", &R::name), column("is_archived", &R::is_archived),
                   column("created_at", &R::created_at),
                   joined("(SELECT CAST(coalesce(sum(t.items), 0) AS BIGINT) FROM item_tally t "
                          "WHERE t.project_no = project.no)",
                          &R::item_count));
}

struct ProjectList {
    OrganizationId organization_id;
    std::optional<std::vector<ProjectId>> only; ///< of these; nothing: of all
    ArchivedProjects archived = ArchivedProjects::Hide;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
struct ProjectPage {
    std::vector<ProjectSummary> projects;
    std::int64_t total = 0;
};
/// Live projects, oldest first, and how many there are beyond the page.
Result<ProjectPage> page_projects(Session& session, const ProjectList& list);

/// A deleted project of which something may be left.
struct DeletedProject {
    OrganizationId organization_id;
    ProjectId id;
    Timestamp deleted_at{};
};

constexpr auto columns(Of<DeletedProject>) {
    using R = DeletedProject;
    return excerpt("project", column("organization_id", &R::organization_id), column("id", &R::id),
                   column("deleted_at", &R::deleted_at));
}
/// Of every organization, longest deleted first.
Result<std::vector<DeletedProject>> list_projects_to_empty(Session& session, std::int64_t limit);
/// Removes at most `limit` collections, deleted or not, of a deleted project whose items are gone; how many.
Result<std::int64_t> purge_collections(Session& session, const DeletedProject& project, std::int64_t limit);
/// Says that nothing is left in a deleted project.
Status mark_emptied(Session& session, const DeletedProject& project, Timestamp at);

struct ProjectMemberRow {
    OrganizationId organization_id;
    ProjectId project_id;
    UserId user_id;
    auth::ProjectRole role = auth::ProjectRole::Viewer;
    Timestamp created_at{};
};

constexpr auto columns(Of<ProjectMemberRow>) {
    using R = ProjectMemberRow;
    using enum Use;
    return table("project_member", column("organization_id", &R::organization_id),
                 column("project_id", &R::project_id, Key), column("user_id", &R::user_id, Key),
                 column("role", &R::role, Mutable), column("created_at", &R::created_at));
}

/// Conflict if the user is a member already.
Status insert_project_member(Session& session, const ProjectMemberRow& row);
Result<std::optional<ProjectMemberRow>> find_project_member(Session& session, const OrganizationId& organization,
                                                            const ProjectId& project, const UserId& user);
/// Every role that the user has in a project of the organization.
Result<std::vector<ProjectMemberRow>> list_project_roles(Session& session, const OrganizationId& organization,
                                                         const UserId& user);
/// Writes the role of a member. False if there is none.
Result<bool> update_project_member(Session& session, const ProjectMemberRow& row);
/// False if there was none.
Result<bool> delete_project_member(Session& session, const OrganizationId& organization, const ProjectId& project,
                                   const UserId& user);
/// How many owners a project has.
Result<std::int64_t> count_project_owners(Session& session, const OrganizationId& organization,
                                          const ProjectId& project);

} // namespace landfall::catalog
