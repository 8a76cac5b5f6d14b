#include "domain/tenancy/access.hpp"

#include "auth/secrets.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/user.hpp"
#include "core/text.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/tenancy/known_keys.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

auto refused() {
    return fail(Code::Unauthenticated,
                "The credentials are missing, unknown, expired or revoked. Send a valid API key as a Bearer token");
}

/// The caller's role in an organization; API keys act as admins of their own.
Result<std::optional<OrganizationRole>> organization_role(Context& cx, const OrganizationId& organization) {
    using Role = std::optional<OrganizationRole>;
    if (cx.principal.type == auth::PrincipalType::ApiKey)
        return cx.principal.organization_id == organization ? Role(OrganizationRole::Admin) : Role();
    if (!cx.principal.user_id)
        return Role();
    TRY(const auto row, catalog::find_membership(cx.session, organization, *cx.principal.user_id));
    return row ? Role(row->role) : Role();
}

Result<std::optional<ProjectRole>> project_role(Context& cx, const catalog::ProjectRow& project) {
    TRY(const auto in_organization, organization_role(cx, project.organization_id));
    std::optional<ProjectRole> in_project;
    if (cx.principal.type == auth::PrincipalType::User && cx.principal.user_id) {
        TRY(const auto member,
            catalog::find_project_member(cx.session, project.organization_id, project.id, *cx.principal.user_id));
        if (member)
            in_project = member->role;
    }
    return auth::effective_role(in_organization, in_project);
}

Status check_role(std::optional<ProjectRole> have, ProjectRole need) {
    if (have && *have >= need)
        return {};
    return fail(
        Code::PermissionDenied,
        fmt::format("This needs the project role '{}' or higher; ask a project admin for it", schema::enum_text(need)));
}

Result<catalog::ItemRow> checked_item(Context& cx, std::optional<catalog::ItemRow> item, ProjectRole role) {
    if (!item)
        return fail(Code::NotFound, "Item not found");
    TRY(const auto project, catalog::find_project(cx.session, item->organization_id, item->project_id));
    if (!project)
        return fail(Code::NotFound, "Item not found");
    TRY(const auto have, project_role(cx, *project));
    CHECK_OK(check_role(have, role));
    return std::move(*item);
}

} // namespace

Result<auth::Principal> authenticate(const Services& services, std::string_view credential, Timestamp now) {
    if (credential.empty() || credential.size() > 512)
        return refused();
    const std::string digest = to_hex(auth::api_key_digest(credential));
    const auto known = services.known_keys.find(digest);
    if (known && (!known->expires_at || *known->expires_at > now))
        return known->principal;
    const Stamp since = services.versions.now();
    TRY(const auto key, services.database.read_for([&](database::Session& session) {
        return catalog::find_api_key_by_hash(session, digest);
    }));
    if (!key || key->revoked_at || (key->expires_at && *key->expires_at <= now))
        return refused();
    auth::Principal principal;
    principal.type = auth::PrincipalType::ApiKey;
    principal.id = key->id.str();
    principal.organization_id = key->organization_id;
    principal.user_id = key->created_by;
    principal.rate_limit = key->rate_limit;
    TRY(const Json permissions, Json::parse(key->permissions));
    for (const auto& scope : permissions.items())
        principal.scopes.push_back(scope.as_string());
    services.known_keys.put(digest, key->organization_id, since,
                            std::make_shared<const KnownKey>(principal, key->expires_at));
    services.journal.touch(key->id, now);
    return principal;
}

Result<catalog::ProjectRow> require_project(Context& cx, const ProjectId& id, ProjectRole role) {
    if (cx.principal.organization_id.empty())
        return fail(Code::NotFound, "Project not found");
    TRY(const auto project, catalog::find_project(cx.session, cx.principal.organization_id, id));
    if (!project)
        return fail(Code::NotFound, "Project not found");
    TRY(const auto have, project_role(cx, *project));
    CHECK_OK(check_role(have, role));
    return *project;
}

Result<catalog::ProjectRow> require_writable_project(Context& cx, const ProjectId& id, ProjectRole role) {
    TRY(auto project, require_project(cx, id, role));
    if (project.is_archived)
        return fail(Code::Conflict, "The project is archived; take it out of the archive before writing into it");
    return project;
}

Result<catalog::OrganizationRow> require_organization(Context& cx, const OrganizationId& id, OrganizationRole role) {
    TRY(const auto organization, catalog::find_organization(cx.session, id));
    TRY(const auto have, organization_role(cx, id));
    if (!organization || !have)
        return fail(Code::NotFound, "Organization not found");
    if (*have < role)
        return fail(Code::PermissionDenied,
                    fmt::format("This needs the organization role '{}' or higher", schema::enum_text(role)));
    return *organization;
}

Result<OrganizationId> own_organization(const Call& call) {
    if (call.principal.organization_id.empty())
        return fail(Code::PermissionDenied, "The caller belongs to no organization; create or join one first");
    return call.principal.organization_id;
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
