#include "domain/tenancy/organizations.hpp"

#include "auth/secrets.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/project.hpp"
#include "core/text.hpp"
#include "database/turn.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "domain/tenancy/projects.hpp"
#include "domain/tenancy/users.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kFirstOrganization = "Landfall";
constexpr std::string_view kFirstProject = "Default";
constexpr std::string_view kStacProject = "STAC";

/// The organization that `init` is about, if there is one already.
Result<std::optional<catalog::OrganizationRow>> wanted_organization(database::Session& session,
                                                                    const Bootstrap& wanted) {
    if (wanted.organization)
        return catalog::find_organization_by_name(session, *wanted.organization);
    TRY(auto all, catalog::list_organizations(session));
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

Result<catalog::UserRow> ensure_user(database::Session& session, const Bootstrap& wanted,
                                     const std::optional<catalog::OrganizationRow>& organization, Bootstrapped& done,
                                     Timestamp now) {
    if (!wanted.email && organization) {
        TRY(const auto owner, catalog::find_owner(session, organization->id));
        if (owner)
            return *owner;
    }
    TRY(const bool others, catalog::has_users(session));
    const std::string email = wanted.email.value_or(
        others ? "admin@" + slugify(wanted.organization.value_or(std::string(kFirstOrganization))) + ".landfall.example"
               : "admin@landfall.example");
    TRY(const auto known, catalog::find_user_by_email(session, email));
    if (known)
        return *known;
    done.user_created = true;
    return create_user(session, {email, wanted.name.value_or(email.substr(0, email.find('@'))), wanted.password_hash},
                       now);
}

Result<ProjectId> ensure_project(database::Session& session, const OrganizationId& organization,
                                 const Bootstrap& wanted, const UserId& owner, Timestamp now) {
    TRY(const auto projects, catalog::list_projects(session, organization, catalog::ArchivedProjects::Hide));
    for (const auto& project : projects)
        if (wanted.project ? project.name == *wanted.project : !project.is_stac)
            return project.id;
    catalog::ProjectRow row;
    row.organization_id = organization;
    row.name = wanted.project.value_or(std::string(kFirstProject));
    TRY(const auto project, create_project(session, std::move(row), owner, now));
    return project.id;
}

/// There is one, in the organization that came first.
Result<ProjectId> ensure_stac_project(database::Session& session, const OrganizationId& organization,
                                      const UserId& owner, Timestamp now) {
    TRY(const auto known, catalog::find_stac_project(session));
    if (known)
        return known->id;
    catalog::ProjectRow row;
    row.organization_id = organization;
    row.name = kStacProject;
    row.is_stac = row.is_public = true;
    TRY(const auto project, create_project(session, std::move(row), owner, now));
    return project.id;
}

Result<bool> has_live_key(database::Session& session, const OrganizationId& organization, Timestamp now) {
    TRY(const auto keys, catalog::list_api_keys(session, organization));
    return std::any_of(keys.begin(), keys.end(), [&](const catalog::ApiKeyRow& key) {
        return !key.revoked_at && (!key.expires_at || *key.expires_at > now);
    });
}

} // namespace

Status check_name(std::string_view field, std::string_view name) {
    if (name.empty() || name.size() > 255 || has_control(name) || !is_utf8(name))
        return fail_field(std::string(field),
                          fmt::format("The {} needs 1 to 255 bytes of UTF-8 without control characters", field));
    return {};
}

Status check_may_found(Context& cx) {
    const std::int64_t most = cx.services.settings.limits.organizations_per_user;
    if (!cx.principal.user_id)
        return fail(Code::PermissionDenied, "An organization needs an owner: ask with the key of a user");
    TRY(const auto user, catalog::find_user(cx.session, *cx.principal.user_id));
    if (!user || user->deleted_at || user->disabled_at)
        return fail(Code::PermissionDenied, "An organization needs an owner, and the user of this key is gone");
    TRY(const auto owned, catalog::count_owned(cx.session, *cx.principal.user_id));
    if (most == 0 || owned < most)
        return {};
    return fail(Code::Conflict, fmt::format("You own {} organizations already, and one user makes at most {}; ask the "
                                            "server's operator for more (limits.organizations_per_user)",
                                            owned, most));
}

Result<catalog::OrganizationRow> create_organization(database::Session& session, catalog::OrganizationRow wanted,
                                                     const std::optional<UserId>& owner, Timestamp now) {
    wanted.id = OrganizationId::make();
    wanted.created_at = wanted.updated_at = now;
    for (bool inserted = false; !inserted;) { // again where another call took the slug meanwhile
        TRY(wanted.slug, catalog::free_organization_slug(session, slugify(wanted.name)));
        TRY(inserted, catalog::insert_organization(session, wanted));
    }
    if (owner)
        CHECK_OK(catalog::put_membership(session, {wanted.id, *owner, auth::OrganizationRole::Owner, now}));
    return wanted;
}

Status rename_organization(Context& cx, const OrganizationId& id, const std::string& name) {
    CHECK_OK(require_organization(cx, id, OrganizationRole::Admin));
    TRY(auto organization, catalog::lock_organization(cx.session, id));
    if (!organization)
        return fail(Code::NotFound, "Organization not found");
    CHECK_OK(check_name("name", name));
    organization->name = name;
    organization->updated_at = cx.now;
    CHECK_OK(catalog::update_organization(cx.session, *organization));
    return {};
}

Result<catalog::UserRow> create_user(database::Session& session, const NewUser& user, Timestamp now) {
    CHECK_OK(check_email(user.email));
    TRY(const auto taken, catalog::find_user_by_email(session, user.email));
    if (taken)
        return fail(Code::Conflict, "A user with this email address exists already");
    catalog::UserRow row;
    row.id = UserId::make();
    row.email = user.email;
    row.name = user.name;
    row.password_hash = user.password_hash;
    row.is_system_admin = user.is_system_admin;
    row.created_at = row.updated_at = now;
    CHECK_OK(catalog::insert_user(session, row));
    return row;
}

Result<Bootstrapped> bootstrap(database::Session& session, const Bootstrap& wanted, Timestamp now) {
    if (wanted.organization)
        CHECK_OK(check_name("organization", *wanted.organization));
    if (wanted.project)
        CHECK_OK(check_name("project", *wanted.project));
    Bootstrapped done;
    CHECK_OK(database::take_turn(session, "bootstrap"));
    TRY(const auto known, wanted_organization(session, wanted));
    TRY(const auto user, ensure_user(session, wanted, known, done, now));
    done.user_id = user.id;
    done.email = user.email;
    if (known) {
        done.organization_id = known->id;
        TRY(const auto member, catalog::find_membership(session, known->id, user.id));
        if (!member)
            CHECK_OK(catalog::put_membership(session, {known->id, user.id, auth::OrganizationRole::Owner, now}));
    } else {
        catalog::OrganizationRow row;
        row.name = wanted.organization.value_or(std::string(kFirstOrganization));
        TRY(const auto made, create_organization(session, std::move(row), user.id, now));
        done.organization_id = made.id;
    }
    TRY(done.project_id, ensure_project(session, done.organization_id, wanted, user.id, now));
    TRY(done.stac_project_id, ensure_stac_project(session, done.organization_id, user.id, now));
    TRY(const bool has_key, has_live_key(session, done.organization_id, now));
    if (!has_key && wanted.key == FirstKey::Make) {
        NewApiKey key;
        key.name = "init";
        key.scopes = auth::default_scopes();
        key.scopes.emplace_back("admin:*");
        key.created_by = user.id;
        TRY(auto minted, create_api_key(session, done.organization_id, key, now));
        done.api_key = std::move(minted.secret);
    }
    return done;
}

} // namespace landfall::domain
