#include "domain/tenancy/access.hpp"

#include "auth/secrets.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/user.hpp"
#include "core/text.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "domain/tenancy/known_keys.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::size_t kLongestCredential = 8192; ///< bytes

auto refused() {
    return fail(Code::Unauthenticated,
                "The credentials are missing, unknown, expired or revoked. Send a valid API key as a Bearer token");
}

/// What the user's membership in an organization says, if the caller's grants rest on memberships.
Result<std::optional<OrganizationRole>> membership(Context& cx, const OrganizationId& organization) {
    using Role = std::optional<OrganizationRole>;
    if (!cx.principal.grants.memberships_of)
        return Role();
    auto& known = cx.rights.in_organizations;
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == organization; });
    if (found != known.end())
        return found->second;
    TRY(const auto row, catalog::find_membership(cx.session, organization, *cx.principal.grants.memberships_of));
    return known.emplace_back(organization, row ? Role(row->role) : Role()).second;
}

/// The same for a project.
Result<std::optional<ProjectRole>> membership(Context& cx, const OrganizationId& organization,
                                              const ProjectId& project) {
    using Role = std::optional<ProjectRole>;
    if (!cx.principal.grants.memberships_of)
        return Role();
    auto& known = cx.rights.in_projects;
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == project; });
    if (found != known.end())
        return found->second;
    TRY(const auto row,
        catalog::find_project_member(cx.session, organization, project, *cx.principal.grants.memberships_of));
    return known.emplace_back(project, row ? Role(row->role) : Role()).second;
}

/// The caller's role in an organization. An optional without a role is less than any role.
Result<std::optional<OrganizationRole>> organization_role(Context& cx, const OrganizationId& organization) {
    TRY(const auto by_membership, membership(cx, organization));
    const bool own = organization == cx.principal.organization_id;
    return std::max(by_membership, own ? cx.principal.grants.in_organization : std::nullopt);
}

/// The role in an item of a project. Whoever was given single items may read these.
Result<std::optional<ProjectRole>> item_role(Context& cx, const OrganizationId& organization, const ProjectId& project,
                                             const ItemId& item) {
    const auto& only = cx.principal.grants.only_items;
    if (!only)
        return project_role(cx, organization, project);
    const bool given =
        organization == cx.principal.organization_id && std::find(only->begin(), only->end(), item) != only->end();
    return given ? std::optional(ProjectRole::Viewer) : std::nullopt;
}

Status check_role(std::optional<ProjectRole> have, ProjectRole need) {
    if (have && *have >= need)
        return {};
    return fail(
        Code::PermissionDenied,
        fmt::format("This needs the project role '{}' or higher; ask a project admin for it", schema::enum_text(need)));
}

Status check_role(std::optional<OrganizationRole> have, OrganizationRole need) {
    if (have && *have >= need)
        return {};
    return fail(Code::PermissionDenied,
                fmt::format("This needs the organization role '{}' or higher", schema::enum_text(need)));
}

void note(Context& cx, PassedCheck passed) {
    if (cx.rights.keep_passed)
        cx.rights.passed.push_back(std::move(passed));
}

Result<catalog::ItemRow> checked_item(Context& cx, std::optional<catalog::ItemRow> item, ProjectRole role) {
    if (!item || item->type == catalog::kCollectionFiles)
        return fail(Code::NotFound, "Item not found");
    TRY(const auto project, catalog::find_project(cx.session, item->organization_id, item->project_id));
    if (!project)
        return fail(Code::NotFound, "Item not found");
    TRY(const auto have, item_role(cx, project->organization_id, project->id, item->id));
    // Whoever was given single items shall not learn of others.
    if (!have && cx.principal.grants.only_items)
        return fail(Code::NotFound, "Item not found");
    CHECK_OK(check_role(have, role));
    note(cx, {project->organization_id, project->id, item->id, std::string(schema::enum_text(role))});
    return std::move(*item);
}

Status repeat_check(Context& cx, const PassedCheck& passed) {
    if (!passed.project_id) {
        const auto need = schema::enum_value<OrganizationRole>(passed.role);
        TRY(const auto have, organization_role(cx, passed.organization_id));
        return check_role(have, need.value_or(OrganizationRole::Owner));
    }
    const auto need = schema::enum_value<ProjectRole>(passed.role);
    TRY(const auto have, passed.item_id ? item_role(cx, passed.organization_id, *passed.project_id, *passed.item_id)
                                        : project_role(cx, passed.organization_id, *passed.project_id));
    return check_role(have, need.value_or(ProjectRole::Owner));
}

} // namespace

std::string key_digest(std::string_view credential) {
    if (credential.empty() || credential.size() > kLongestCredential)
        return {};
    return to_hex(auth::api_key_digest(credential));
}

OrganizationId recognize(const Services& services, const std::string& digest) {
    const auto known = digest.empty() ? nullptr : services.known_keys.find(digest);
    return known ? known->principal.organization_id : OrganizationId();
}

Result<auth::Principal> authenticate(const Services& services, const std::string& digest, Timestamp now) {
    if (digest.empty())
        return refused();
    const auto known = services.known_keys.find(digest);
    if (known && (!known->expires_at || *known->expires_at > now))
        return known->principal;
    const Stamp since = services.versions.now();
    TRY(const auto key, services.database.read_for([&](database::Session& session) {
        return catalog::find_api_key_by_hash(session, digest);
    }));
    if (!key || !is_live(*key, now))
        return refused();
    TRY(auto principal, principal_of(*key));
    services.known_keys.put(digest, key->organization_id, since,
                            std::make_shared<const KnownKey>(principal, key->expires_at));
    services.journal.touch(key->id, now);
    return principal;
}

Result<catalog::ProjectRow> require_project(Context& cx, const ProjectId& id, ProjectRole role) {
    if (cx.principal.organization_id.empty() || cx.principal.grants.only_items)
        return fail(Code::NotFound, "Project not found");
    TRY(const auto project, catalog::find_project(cx.session, cx.principal.organization_id, id));
    if (!project)
        return fail(Code::NotFound, "Project not found");
    TRY(const auto have, project_role(cx, project->organization_id, project->id));
    CHECK_OK(check_role(have, role));
    note(cx, {project->organization_id, project->id, std::nullopt, std::string(schema::enum_text(role))});
    return *project;
}

Result<catalog::ProjectRow> require_writable_project(Context& cx, const ProjectId& id, ProjectRole role) {
    TRY(auto project, require_project(cx, id, role));
    if (project.is_archived)
        return fail(Code::Conflict, "The project is archived; take it out of the archive before writing into it");
    return project;
}

Result<std::optional<std::vector<ProjectId>>> readable_projects(Context& cx) {
    std::optional<std::vector<ProjectId>> some(std::in_place);
    const OrganizationId& own = cx.principal.organization_id;
    if (own.empty() || cx.principal.grants.only_items)
        return some;
    TRY(const auto in_organization, organization_role(cx, own));
    if (auth::effective_role(in_organization, std::nullopt))
        return std::optional<std::vector<ProjectId>>();
    TRY(const auto projects, catalog::list_projects(cx.session, own, catalog::ArchivedProjects::Show));
    for (const auto& project : projects) {
        TRY(const auto role, project_role(cx, own, project.id));
        if (role)
            some->push_back(project.id);
    }
    return some;
}

Result<std::optional<ProjectRole>> project_role(Context& cx, const OrganizationId& organization,
                                                const ProjectId& project) {
    TRY(const auto in_organization, organization_role(cx, organization));
    TRY(auto in_project, membership(cx, organization, project));
    if (organization == cx.principal.organization_id)
        for (const auto& grant : cx.principal.grants.in_projects)
            if (grant.project_id == project)
                in_project = std::max(in_project, std::optional(grant.role));
    return auth::effective_role(in_organization, in_project);
}

Status learn_project_roles(Context& cx, const OrganizationId& organization, const std::vector<ProjectId>& projects) {
    if (!cx.principal.grants.memberships_of)
        return {};
    TRY(const auto rows, catalog::list_project_roles(cx.session, organization, *cx.principal.grants.memberships_of));
    for (const auto& project : projects) {
        const auto row = std::ranges::find(rows, project, &catalog::ProjectMemberRow::project_id);
        cx.rights.in_projects.emplace_back(project, row != rows.end() ? std::optional(row->role) : std::nullopt);
    }
    return {};
}

Result<catalog::OrganizationRow> require_organization(Context& cx, const OrganizationId& id, OrganizationRole role) {
    TRY(const auto organization, catalog::find_organization(cx.session, id));
    TRY(const auto have, organization_role(cx, id));
    if (!organization || !have)
        return fail(Code::NotFound, "Organization not found");
    CHECK_OK(check_role(have, role));
    note(cx, {id, std::nullopt, std::nullopt, std::string(schema::enum_text(role))});
    return *organization;
}

Result<OrganizationId> own_organization(const Call& call) {
    if (call.principal.organization_id.empty())
        return fail(Code::PermissionDenied, "The caller belongs to no organization; create or join one first");
    return call.principal.organization_id;
}

Status repeat_checks(Context& cx, const std::vector<PassedCheck>& passed) {
    for (const auto& each : passed)
        CHECK_OK(repeat_check(cx, each));
    return {};
}

Result<catalog::ItemRow> require_item(Context& cx, const ItemId& id, ProjectRole role) {
    TRY(auto item, catalog::find_item(cx.session, cx.principal.organization_id, id));
    return checked_item(cx, std::move(item), role);
}

Result<catalog::ItemRow> require_item_for_update(Context& cx, const ItemId& id) {
    TRY(auto item, catalog::lock_item(cx.session, cx.principal.organization_id, id));
    TRY(auto checked, checked_item(cx, std::move(item), ProjectRole::Editor));
    CHECK_OK(require_writable_project(cx, checked.project_id, ProjectRole::Editor));
    return checked;
}

Result<catalog::ItemRow> require_item_even_deleted(Context& cx, const ItemId& id, ProjectRole role) {
    TRY(auto item, catalog::find_item_even_deleted(cx.session, cx.principal.organization_id, id));
    return checked_item(cx, std::move(item), role);
}

} // namespace landfall::domain
