#pragma once
/// Idempotency keys: a call runs once, its answer is replayed (geopera.md section 6.3).

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

struct IdempotencyKeyRow {
    std::string scope;     ///< organization id, or principal id for those without
    std::string operation; ///< operation id
    std::string client_key;
    std::string body_hash;                   ///< of the canonical body
    std::optional<std::int64_t> status;      ///< of the answer
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
    // Earlier versions had a row for a call that still ran, with its owner and a lease.
    return table("idempotency_key", column("scope", &R::scope, Key), column("operation", &R::operation, Key),
                 column("client_key", &R::client_key, Key), column("body_hash", &R::body_hash), given("owner", "''"),
                 given("state", "'done'"), given("lease_until", "0"), column("status", &R::status),
                 column("content_type", &R::content_type), column("response", &R::response), column("head", &R::head),
                 column("checks", &R::checks), column("created_at", &R::created_at),
                 column("expires_at", &R::expires_at));
}

/// A call that wants to run.
struct IdempotencyClaim {
    std::string scope;     ///< organization id, or principal id for those without
    std::string operation; ///< operation id
    std::string key;       ///< the client's
    std::string body_hash; ///< of the canonical body
    Timestamp now{};
    Timestamp expires_at{}; ///< its answer is kept until then
};

struct StoredAnswer {
    std::int64_t status = 0;
    std::string content_type;
    std::string body;
    std::string head{};   ///< JSON: what goes with the body
    std::string checks{}; ///< JSON: what the caller had to be allowed; empty where an earlier version stored it
};

struct IdempotencyOutcome {
    enum class Kind { Claimed, Replay, OtherBody };
    Kind kind = Kind::Claimed;
    StoredAnswer answer; ///< Replay
};

/// Claims the key for this transaction, or tells what stands in the way. While another transaction has it, waits for
/// its end; Unavailable if that takes long.
Result<IdempotencyOutcome> claim_idempotency_key(Session& session, const IdempotencyClaim& claim);
/// Stores the answer of a call whose key this transaction has claimed.
Status keep_idempotent_answer(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer);
/// Removes expired ones. How many.
Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now);

} // namespace landfall::catalog
