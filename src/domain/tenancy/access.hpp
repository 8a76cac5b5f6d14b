#pragma once
/// Who may do what where, from the grants of the principal alone. The one place that decides between 403 and 404:
/// whatever belongs to another organization is NotFound; inside the organization a missing role is PermissionDenied.
/// Contract: geopera.md section 3.2.

#include "catalog/items/item.hpp"
#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/context.hpp"

#include <string_view>
#include <vector>

namespace landfall::domain {

using auth::OrganizationRole;
using auth::ProjectRole;

/// The digest by which an API key, or another secret that a caller shows, is known; empty for what is none by its
/// length.
std::string key_digest(std::string_view credential);

/// The organization of a credential that was presented a moment ago, without a proof that it still holds; else empty.
OrganizationId recognize(const Services& services, const std::string& digest);

/// The principal of an API key, which acts as an admin of its organization. Unauthenticated if it is unknown, expired
/// or revoked.
Result<auth::Principal> authenticate(const Services& services, const std::string& digest, Timestamp now);

/// A live project in which the caller has at least `role`.
Result<catalog::ProjectRow> require_project(Context& cx, const ProjectId& id, ProjectRole role);
/// The same, refusing archived projects with Conflict: for everything that writes into one.
Result<catalog::ProjectRow> require_writable_project(Context& cx, const ProjectId& id, ProjectRole role);
/// The live projects of the caller's organization that the caller may read; nothing if that is all of them.
Result<std::optional<std::vector<ProjectId>>> readable_projects(Context& cx);
/// The caller's role in a project of the organization; nothing if he has none.
Result<std::optional<ProjectRole>> project_role(Context& cx, const OrganizationId& organization,
                                                const ProjectId& project);
/// Looks up at once what `project_role` will be asked for these.
Status learn_project_roles(Context& cx, const OrganizationId& organization, const std::vector<ProjectId>& projects);
/// The organization, if the caller has at least `role` in it.
Result<catalog::OrganizationRow> require_organization(Context& cx, const OrganizationId& id, OrganizationRole role);
/// The caller's own organization. PermissionDenied for callers without one.
Result<OrganizationId> own_organization(const Call& call);

/// Asks again what an earlier call asked of its caller's rights. PermissionDenied where this caller lacks one; whether
/// what they are about is still there does not matter.
Status repeat_checks(Context& cx, const std::vector<PassedCheck>& passed);

/// A live item whose project gives the caller at least `role`.
Result<catalog::ItemRow> require_item(Context& cx, const ItemId& id, ProjectRole role);
/// The same for an item about to be changed: its row is locked, its project must not be archived.
Result<catalog::ItemRow> require_item_for_update(Context& cx, const ItemId& id);
/// Also a deleted or expired one: for answers that tell Gone from NotFound.
Result<catalog::ItemRow> require_item_even_deleted(Context& cx, const ItemId& id, ProjectRole role);

} // namespace landfall::domain
