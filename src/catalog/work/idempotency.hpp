#pragma once
/// Idempotency keys: a call runs once, its answer is replayed (geopera.md section 6.3).

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

enum class IdempotencyState { InProgress, Done };

constexpr auto enum_names(schema::Of<IdempotencyState>) {
    return std::array{std::pair{IdempotencyState::InProgress, std::string_view("in_progress")},
                      std::pair{IdempotencyState::Done, std::string_view("done")}};
}

struct IdempotencyKeyRow {
    std::string scope;     ///< organization id, or principal id for those without
    std::string operation; ///< operation id
    std::string client_key;
    std::string body_hash; ///< of the canonical body
    std::string owner;     ///< request id: whoever claims may finish
    IdempotencyState state = IdempotencyState::InProgress;
    Timestamp lease_until{};                 ///< a claim that was never finished may be retaken after this
    std::optional<std::int64_t> status;      ///< of the answer, once done
    std::optional<std::string> content_type; ///< of the answer
    std::optional<std::string> response;     ///< its body
    std::optional<std::string> head;         ///< JSON: what goes with it
    std::optional<std::string> checks;       ///< JSON: what the caller had to be allowed
    Timestamp created_at{};
    Timestamp expires_at{}; ///< kept until then
};

constexpr auto columns(Of<IdempotencyKeyRow>) {
    using R = IdempotencyKeyRow;
    using enum Use;
    return table("idempotency_key", column("scope", &R::scope, Key), column("operation", &R::operation, Key),
                 column("client_key", &R::client_key, Key), column("body_hash", &R::body_hash, Mutable),
                 column("owner", &R::owner, Mutable), column("state", &R::state, Mutable),
                 column("lease_until", &R::lease_until, Mutable), column("status", &R::status, Mutable),
                 column("content_type", &R::content_type, Mutable), column("response", &R::response, Mutable),
                 column("head", &R::head, Mutable), column("checks", &R::checks, Mutable),
                 column("created_at", &R::created_at, Mutable), column("expires_at", &R::expires_at, Mutable));
}

/// A call that wants to run.
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
/// Stores the answer, unless the claim is no longer ours.
Status finish_idempotency_key(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer);
/// Removes expired ones. How many.
Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now);

} // namespace landfall::catalog
