#pragma once
/// Idempotency keys: a call runs once, its answer is replayed (geopera.md section 6.3).

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

struct IdempotencyClaim {
    std::string scope;     ///< organization id, or principal id for those without
    std::string operation; ///< operation id
    std::string key;       ///< the client's
    std::string body_hash; ///< of the canonical body
    std::string owner;     ///< request id: whoever claims may finish
    Timestamp now{};
    Timestamp lease_until{}; ///< a claim that was never finished may be retaken after this
    Timestamp expires_at{};  ///< kept until then
};

struct StoredAnswer {
    std::int64_t status = 0;
    std::string content_type;
    std::string body;
    std::string head{};   ///< JSON: what goes with the body
    std::string checks{}; ///< JSON: what the caller had to be allowed; empty where an earlier version stored it
};

struct IdempotencyOutcome {
    enum class Kind { Claimed, Replay, InProgress, OtherBody };
    Kind kind = Kind::Claimed;
    StoredAnswer answer; ///< Replay
};

/// Claims the key, or tells what stands in the way.
Result<IdempotencyOutcome> claim_idempotency_key(Session& session, const IdempotencyClaim& claim);
/// Stores the answer while the claim is still ours. False: lost.
Result<bool> finish_idempotency_key(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer);
/// Removes expired ones. How many.
Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now);

} // namespace landfall::catalog
