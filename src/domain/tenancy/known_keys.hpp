#pragma once
/// Live API keys that were presented a moment ago.

#include "auth/principal.hpp"
#include "core/time.hpp"
#include "domain/versioned_cache.hpp"

#include <optional>

namespace landfall::domain {

/// A live API key as `authenticate` found it.
struct KnownKey {
    auth::Principal principal;
    std::optional<Timestamp> expires_at;
};

/// By the digest of the secret.
class KnownKeys : public VersionedCache<KnownKey> {
public:
    explicit KnownKeys(const Versions& versions) : VersionedCache(versions, 10'000) {}
};

} // namespace landfall::domain
