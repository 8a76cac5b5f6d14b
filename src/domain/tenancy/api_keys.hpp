#pragma once
/// API keys of an organization. Contract: geopera.md section 2.6.

#include "catalog/tenancy/api_key.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct NewApiKey {
    std::string name;
    std::vector<std::string> scopes;
    std::optional<std::int64_t> rate_limit; ///< calls per minute
    std::optional<std::int64_t> expires_in_days;
    std::optional<UserId> created_by;
    const auth::Principal* granted_by = nullptr; ///< hands on none but its own scopes; nobody: the server's operator
    std::optional<ApiKeyId> parent;              ///< the key that makes it, whose end and rate bound its own
};
struct MintedApiKey {
    catalog::ApiKeyRow row;
    std::string secret; ///< shown this once
};
/// Mints a key. InvalidArgument, with the list, for a scope that stands for none that there is, PermissionDenied for
/// one that its granter lacks, Unauthenticated if the parent was revoked meanwhile.
Result<MintedApiKey> create_api_key(database::Session& session, const OrganizationId& organization,
                                    const NewApiKey& key, Timestamp now);

/// Whether it is neither revoked nor expired.
bool is_live(const catalog::ApiKeyRow& key, Timestamp now);
/// Who shows the key: an admin of its organization.
Result<auth::Principal> principal_of(const catalog::ApiKeyRow& key);

/// The scopes a caller may hand on: PermissionDenied for one that he lacks himself.
Status check_grantable(const auth::Principal& principal, const std::vector<std::string>& scopes);
/// What a key gets when its maker names no scopes: the maker's own, without `admin:*`.
std::vector<std::string> grantable_scopes(const auth::Principal& principal);

} // namespace landfall::domain
