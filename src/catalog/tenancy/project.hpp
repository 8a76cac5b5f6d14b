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
};

constexpr auto columns(Of<ProjectRow>) {
    using R = ProjectRow;
    using enum Use;
    return table("project", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("name", &R::name, Mutable), column("description", &R::description, Mutable),
                 column("gcs_region", &R::gcs_region, Mutable), column("is_archived", &R::is_archived, Mutable),
                 column("created_by", &R::created_by), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at, Mutable), column("deleted_at", &R::deleted_at), generated("no"));
}

enum class ArchivedProjects { Hide, Show };

/// Conflict if the id is taken.
Status insert_project(Session& session, const ProjectRow& row);
/// A project that is not deleted.
Result<std::optional<ProjectRow>> find_project(Session& session, const OrganizationId& organization,
                                               const ProjectId& id);
/// Live projects, oldest first.
Result<std::vector<ProjectRow>> list_projects(Session& session, const OrganizationId& organization,
                                              ArchivedProjects archived);
/// Writes the mutable columns of a live project. False if there is none.
Result<bool> update_project(Session& session, const ProjectRow& row);
/// Marks a live project deleted. False if there is none. Its items and collections are the caller's to delete.
Result<bool> delete_project(Session& session, const OrganizationId& organization, const ProjectId& id, Timestamp at);

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
                 column("role", &R::role), column("created_at", &R::created_at));
}

/// Conflict if the user is a member already.
Status insert_project_member(Session& session, const ProjectMemberRow& row);
Result<std::optional<ProjectMemberRow>> find_project_member(Session& session, const OrganizationId& organization,
                                                            const ProjectId& project, const UserId& user);

} // namespace landfall::catalog
