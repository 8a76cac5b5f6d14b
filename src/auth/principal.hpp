#pragma once
/// Who is calling, and what a credential lets them do: scopes, roles, and the decision functions over them.
/// Contract: geopera.md sections 2 and 3.

#include "core/ids.hpp"
#include "core/result.hpp"
#include "schema/fields.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::auth {

/// Service: the server itself, e.g. a job working for an organization.
enum class PrincipalType { Anonymous, User, ApiKey, Service };

constexpr auto enum_names(schema::Of<PrincipalType>) {
    return std::array{std::pair{PrincipalType::Anonymous, std::string_view("anonymous")},
                      std::pair{PrincipalType::User, std::string_view("user")},
                      std::pair{PrincipalType::ApiKey, std::string_view("api_key")},
                      std::pair{PrincipalType::Service, std::string_view("service")}};
}

/// Roles in an organization and in a project. Higher covers lower.
enum class OrganizationRole { Member, Admin, Owner };
enum class ProjectRole { Viewer, Editor, Admin, Owner };

constexpr auto enum_names(schema::Of<OrganizationRole>) {
    return std::array{std::pair{OrganizationRole::Member, std::string_view("member")},
                      std::pair{OrganizationRole::Admin, std::string_view("admin")},
                      std::pair{OrganizationRole::Owner, std::string_view("owner")}};
}
constexpr auto enum_names(schema::Of<ProjectRole>) {
    return std::array{std::pair{ProjectRole::Viewer, std::string_view("viewer")},
                      std::pair{ProjectRole::Editor, std::string_view("editor")},
                      std::pair{ProjectRole::Admin, std::string_view("admin")},
                      std::pair{ProjectRole::Owner, std::string_view("owner")}};
}

/// What a caller may do, whatever kind of caller it is: the rules ask these and never the type. All of it lies in the
/// principal's own organization, but for what memberships say.
struct Grants {
    struct InProject {
        ProjectId project_id;
        ProjectRole role = ProjectRole::Viewer;
    };
    std::optional<OrganizationRole> in_organization;
    std::vector<InProject> in_projects{};
    std::optional<UserId> memberships_of{}; ///< and whatever this user's memberships say when they are asked for
    std::optional<std::vector<ItemId>> only_items{}; ///< nothing but reading these: a share link
};

/// An authenticated caller. Its scopes say which acts it may do, its grants where.
struct Principal {
    PrincipalType type = PrincipalType::Anonymous;
    std::string id;                  ///< key or user id; empty when anonymous
    OrganizationId organization_id;  ///< empty when the caller has none
    std::optional<UserId> user_id;   ///< the user, or the one who made the key
    std::vector<std::string> scopes; ///< may hold wildcards
    Grants grants;
    bool is_system_admin = false;
    std::optional<std::int64_t> rate_limit; ///< calls per minute of this credential, besides the organization's
};

/// Whether `granted` covers `wanted` (`resource:action`): exact, `*`, `resource:*` or `*:action`.
bool scope_covers(std::string_view granted, std::string_view wanted);
bool has_scope(const Principal& principal, std::string_view wanted);
/// Whether a scope has the form `*`, `resource:action`, `resource:*` or `*:action`.
bool is_scope(std::string_view text);

/// Whether the scope, maybe with wildcards, stands for at least one of the known ones.
bool is_known_scope(std::string_view scope);

/// Every scope that an operation of this server or of the contract may ask for, sorted.
std::span<const std::string_view> known_scopes();
/// What a credential gets when nothing is asked for: every known scope but `admin:*`.
std::vector<std::string> default_scopes();

/// The role somebody effectively has in a project of the organization. Organization owners and admins act as project
/// admins; plain members read; a project role adds to that. Nothing: no access at all.
std::optional<ProjectRole> effective_role(std::optional<OrganizationRole> in_organization,
                                          std::optional<ProjectRole> in_project);

} // namespace landfall::auth
