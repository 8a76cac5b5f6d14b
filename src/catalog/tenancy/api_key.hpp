#pragma once
/// API keys of organizations, and the server's keys for presigned URLs.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct ApiKeyRow {
    ApiKeyId id;
    OrganizationId organization_id;
    std::string name;
    std::string prefix;                     ///< first characters of the secret, for display
    std::string secret_hash;                ///< hexadecimal SHA-256 of the secret; unique
    std::string permissions = "[]";         ///< JSON array of scopes
    std::optional<std::int64_t> rate_limit; ///< calls per minute
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> revoked_at;
    std::optional<Timestamp> last_used_at;
    std::optional<UserId> created_by;
    Timestamp created_at{};
    std::optional<ApiKeyId> parent_id; ///< the key that made it
};

constexpr auto columns(Of<ApiKeyRow>) {
    using R = ApiKeyRow;
    using enum Use;
    return table("api_key", column("id", &R::id, Key), column("organization_id", &R::organization_id),
                 column("name", &R::name), column("prefix", &R::prefix), column("secret_hash", &R::secret_hash),
                 column("permissions", &R::permissions), column("rate_limit", &R::rate_limit),
                 column("expires_at", &R::expires_at), column("revoked_at", &R::revoked_at),
                 column("last_used_at", &R::last_used_at), column("created_by", &R::created_by),
                 column("created_at", &R::created_at), column("parent_id", &R::parent_id));
}

/// Conflict if the secret is taken.
Status insert_api_key(Session& session, const ApiKeyRow& row);
/// Of any organization; also an expired or revoked one.
Result<std::optional<ApiKeyRow>> find_api_key(Session& session, const ApiKeyId& id);
Result<std::optional<ApiKeyRow>> find_api_key(Session& session, const OrganizationId& organization, const ApiKeyId& id);
/// By the hexadecimal SHA-256 of the secret, of any organization; also expired and revoked ones.
Result<std::optional<ApiKeyRow>> find_api_key_by_hash(Session& session, std::string_view secret_hash);
/// A live key, held so that nobody revokes it before the transaction ends.
Result<std::optional<ApiKeyRow>> lock_api_key(Session& session, const OrganizationId& organization, const ApiKeyId& id);
/// Oldest first, revoked ones included.
Result<std::vector<ApiKeyRow>> list_api_keys(Session& session, const OrganizationId& organization);
/// Those of a maker that have neither expired nor been revoked, of every organization.
Result<std::vector<ApiKeyRow>> list_live_keys_of(Session& session, const UserId& maker, Timestamp now);
/// Revokes it and all that it made, and they made. False if it is unknown or revoked already.
Result<bool> revoke_api_key(Session& session, const OrganizationId& organization, const ApiKeyId& id, Timestamp at);
/// Notes a use; never moves the instant backwards.
Status touch_api_key(Session& session, const ApiKeyId& id, Timestamp at);

struct SigningKeyRow {
    std::string access_key_id;
    std::string secret;
    Timestamp created_at{};
};

constexpr auto columns(Of<SigningKeyRow>) {
    using R = SigningKeyRow;
    using enum Use;
    return table("signing_key", column("access_key_id", &R::access_key_id, Key), column("secret", &R::secret),
                 column("created_at", &R::created_at));
}

/// Conflict if the access key id is taken.
Status insert_signing_key(Session& session, const SigningKeyRow& row);
/// Newest first.
Result<std::vector<SigningKeyRow>> list_signing_keys(Session& session);

} // namespace landfall::catalog
