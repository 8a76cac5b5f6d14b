#pragma once
/// Projects and their members. Contract: geopera.md section 3.3.

#include "catalog/tenancy/project.hpp"
#include "domain/context.hpp"

#include <optional>

namespace landfall::domain {

/// A new project of `wanted.organization_id`; `owner`, if any, becomes its owner.
Result<catalog::ProjectRow> create_project(database::Session& session, catalog::ProjectRow wanted,
                                           const std::optional<UserId>& owner, Timestamp now);

/// Enrols a user of the organization. NotFound for an unknown user or one of another organization, Conflict if he is
/// a member already.
Result<catalog::ProjectMemberRow> add_project_member(Context& cx, const catalog::ProjectRow& project,
                                                     const UserId& user, auth::ProjectRole role);

} // namespace landfall::domain
