#pragma once
/// Who showed live credentials a moment ago, and the turns of those whose passwords have to be compared.

#include "auth/principal.hpp"
#include "core/threads.hpp"
#include "core/time.hpp"
#include "domain/versioned_cache.hpp"
#include "jobs/gate.hpp"

#include <optional>

namespace landfall::domain {

/// A caller by a credential that was found to be good: an API key, an access token, a cookie, a password.
struct KnownKey {
    auth::Principal principal;
    std::optional<Timestamp> expires_at;
    std::string proof{}; ///< of a password: what it was found right against
};

/// By the digest of the secret.
class KnownKeys : public VersionedCache<KnownKey> {
public:
    explicit KnownKeys(const Versions& versions) : VersionedCache(versions, 10'000), passwords(cores()) {}

    jobs::Gate passwords; ///< comparing one takes a core, and much of its cache, for tens of milliseconds
};

} // namespace landfall::domain
