#include "auth/principal.hpp"

#include <algorithm>

namespace landfall::auth {
namespace {

// geopera.md section 3.1 and extensions.md, sorted.
constexpr std::array<std::string_view, 31> kScopes{"admin:read",
                                                   "admin:write",
                                                   "analytics:process",
                                                   "analytics:read",
                                                   "api_keys:read",
                                                   "api_keys:write",
                                                   "audit:read",
                                                   "band_formulas:read",
                                                   "band_formulas:write",
                                                   "clip:destroy",
                                                   "clip:read",
                                                   "clip:write",
                                                   "collections:read",
                                                   "collections:write",
                                                   "event_subscriptions:read",
                                                   "event_subscriptions:write",
                                                   "items:read",
                                                   "items:write",
                                                   "notifications:read",
                                                   "notifications:write",
                                                   "organizations:write",
                                                   "processing:process",
                                                   "processing:read",
                                                   "projects:write",
                                                   "provenance:read",
                                                   "shares:read",
                                                   "shares:write",
                                                   "tiles:read",
                                                   "uploads:write",
                                                   "usage:read",
                                                   "usage:write"};

std::pair<std::string_view, std::string_view> halves(std::string_view scope) {
    const auto colon = scope.find(':');
    if (colon == std::string_view::npos)
        return {scope, {}};
    return {scope.substr(0, colon), scope.substr(colon + 1)};
}

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

} // namespace

bool scope_covers(std::string_view granted, std::string_view wanted) {
    if (granted == "*" || granted == wanted)
        return true;
    const auto [resource, action] = halves(granted);
    const auto [wanted_resource, wanted_action] = halves(wanted);
    if (action.empty() || wanted_action.empty())
        return false;
    const bool resource_fits = resource == "*" || resource == wanted_resource;
    const bool action_fits = action == "*" || action == wanted_action;
    return resource_fits && action_fits;
}

bool has_scope(const Principal& principal, std::string_view wanted) {
    return std::any_of(principal.scopes.begin(), principal.scopes.end(),
                       [&](const std::string& granted) { return scope_covers(granted, wanted); });
}

bool is_scope(std::string_view text) {
    if (text == "*")
        return true;
    const auto [resource, action] = halves(text);
    return (resource == "*" || is_word(resource)) && (action == "*" || is_word(action)) &&
           !(resource == "*" && action == "*");
}

bool is_known_scope(std::string_view scope) {
    return is_scope(scope) &&
           std::any_of(std::begin(kScopes), std::end(kScopes), [&](auto known) { return scope_covers(scope, known); });
}

std::span<const std::string_view> known_scopes() {
    return kScopes;
}

std::vector<std::string> default_scopes() {
    std::vector<std::string> scopes;
    for (const auto scope : kScopes)
        if (!scope.starts_with("admin:"))
            scopes.emplace_back(scope);
    return scopes;
}

std::optional<ProjectRole> effective_role(std::optional<OrganizationRole> in_organization,
                                          std::optional<ProjectRole> in_project) {
    std::optional<ProjectRole> role = in_project;
    if (in_organization) {
        const ProjectRole implied =
            *in_organization == OrganizationRole::Member ? ProjectRole::Viewer : ProjectRole::Admin;
        role = role ? std::max(*role, implied) : implied;
    }
    return role;
}

} // namespace landfall::auth
