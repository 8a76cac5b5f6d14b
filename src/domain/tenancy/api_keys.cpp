#include "domain/tenancy/api_keys.hpp"

#include "auth/secrets.hpp"
#include "core/text.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::size_t kMaxQuoted = 64; ///< bytes of what a refusal repeats

/// Whether the caller holds everything that `scope`, maybe a wildcard, stands for.
bool holds(const auth::Principal& principal, const std::string& scope) {
    if (std::find(principal.scopes.begin(), principal.scopes.end(), scope) != principal.scopes.end())
        return true;
    if (scope.find('*') == std::string::npos)
        return auth::has_scope(principal, scope);
    bool stands_for_something = false;
    for (const std::string_view each : auth::known_scopes()) {
        if (!auth::scope_covers(scope, each))
            continue;
        if (!auth::has_scope(principal, each))
            return false;
        stands_for_something = true;
    }
    return stands_for_something; // else it would come to mean something in a later release
}

template<typename T>
std::optional<T> tighter(const std::optional<T>& a, const std::optional<T>& b) {
    return a && b ? std::min(a, b) : (a ? a : b);
}

/// A key must not outlive or outrun the one that makes it.
Status inherit(database::Session& session, const ApiKeyId& parent, catalog::ApiKeyRow& row) {
    TRY(const auto maker, catalog::lock_api_key(session, row.organization_id, parent));
    if (!maker)
        return fail(Code::Unauthenticated, "The key that asks was revoked; ask with a live one");
    row.parent_id = maker->id;
    row.expires_at = tighter(row.expires_at, maker->expires_at);
    row.rate_limit = tighter(row.rate_limit, maker->rate_limit);
    return {};
}

Status check_scopes(const std::vector<std::string>& scopes) {
    for (const auto& scope : scopes)
        if (!auth::is_known_scope(scope))
            return fail_field(
                "permissions",
                fmt::format("'{}' is not a scope. There are, beside wildcards like items:* and *:read: {}",
                            clean_utf8(scope, kMaxQuoted), fmt::join(auth::known_scopes(), ", ")));
    return {};
}

} // namespace

bool is_live(const catalog::ApiKeyRow& key, Timestamp now) {
    return !key.revoked_at && (!key.expires_at || *key.expires_at > now);
}

Result<auth::Principal> principal_of(const catalog::ApiKeyRow& key) {
    auth::Principal principal;
    principal.type = auth::PrincipalType::ApiKey;
    principal.id = key.id.str();
    principal.organization_id = key.organization_id;
    principal.user_id = key.created_by;
    principal.grants.in_organization = auth::OrganizationRole::Admin;
    principal.rate_limit = key.rate_limit;
    TRY(const Json permissions, Json::parse(key.permissions));
    for (const auto& scope : permissions.items())
        principal.scopes.push_back(scope.as_string());
    return principal;
}

Status check_grantable(const auth::Principal& principal, const std::vector<std::string>& scopes) {
    for (const auto& scope : scopes)
        if (!holds(principal, scope))
            return fail(Code::PermissionDenied,
                        fmt::format("The scope '{}' cannot be given to a key: the caller lacks it", scope));
    return {};
}

Result<MintedApiKey> create_api_key(database::Session& session, const OrganizationId& organization,
                                    const NewApiKey& key, Timestamp now) {
    CHECK_OK(check_scopes(key.scopes));
    if (key.granted_by != nullptr)
        CHECK_OK(check_grantable(*key.granted_by, key.scopes));
    // A century bounds the arithmetic; longer-lived keys are keys without an end.
    if (key.expires_in_days && *key.expires_in_days > 36'500)
        return fail_field("expires_in_days", "A key can expire in at most 36500 days; leave it out for no end");
    auto minted = auth::mint_api_key();
    MintedApiKey made;
    made.secret = std::move(minted.secret);
    made.row.id = ApiKeyId::make();
    made.row.organization_id = organization;
    made.row.name = key.name;
    made.row.prefix = minted.prefix;
    made.row.secret_hash = to_hex(minted.digest);
    made.row.permissions = Json::array_of(key.scopes).dump();
    made.row.rate_limit = key.rate_limit;
    if (key.expires_in_days)
        made.row.expires_at = now + std::chrono::days(*key.expires_in_days);
    made.row.created_by = key.created_by;
    made.row.created_at = now;
    if (key.parent)
        CHECK_OK(inherit(session, *key.parent, made.row));
    CHECK_OK(catalog::insert_api_key(session, made.row));
    return made;
}

std::vector<std::string> grantable_scopes(const auth::Principal& principal) {
    std::vector<std::string> scopes;
    for (auto& scope : auth::default_scopes())
        if (auth::has_scope(principal, scope))
            scopes.push_back(std::move(scope));
    return scopes;
}

} // namespace landfall::domain
