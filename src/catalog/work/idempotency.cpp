#include "catalog/work/idempotency.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kKey = " WHERE scope = ?1 AND operation = ?2 AND client_key = ?3";
constexpr std::string_view kInsert = R"(
INSERT INTO idempotency_key (scope, operation, client_key, body_hash, owner, state, lease_until, created_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, 'in_progress', ?6, ?7, ?8)
ON CONFLICT (scope, operation, client_key) DO NOTHING)";
constexpr std::string_view kFind = sql<R"(
SELECT body_hash, owner, state, lease_until, expires_at, status, content_type, response, head, checks FROM idempotency_key)",
                                       kKey>;
constexpr std::string_view kRetake =
    sql<R"(
UPDATE idempotency_key SET body_hash = ?4, owner = ?5, state = 'in_progress', lease_until = ?6, created_at = ?7,
    expires_at = ?8, status = NULL, content_type = NULL, response = NULL, head = NULL, checks = NULL)",
        kKey, " AND owner = ?9 AND (expires_at <= ?7 OR (state = 'in_progress' AND lease_until <= ?7))">;
constexpr std::string_view kFinish = sql<R"(
UPDATE idempotency_key SET state = 'done', status = ?5, content_type = ?6, response = ?7, head = ?8, checks = ?9)",
                                         kKey, " AND owner = ?4 AND state = 'in_progress'">;
constexpr std::string_view kPurge = "DELETE FROM idempotency_key WHERE expires_at <= ?1";

struct Stored {
    std::string body_hash;
    std::string owner;
    std::string state;
    Timestamp lease_until{};
    Timestamp expires_at{};
    std::optional<std::int64_t> status;
    std::optional<std::string> content_type;
    std::optional<std::string> response;
    std::optional<std::string> head;
    std::optional<std::string> checks;
};

Stored read_stored(const Row& row) {
    Stored s;
    load_fields(row, std::tie(s.body_hash, s.owner, s.state, s.lease_until, s.expires_at, s.status, s.content_type,
                              s.response, s.head, s.checks));
    return s;
}

} // namespace

Result<IdempotencyOutcome> claim_idempotency_key(Session& session, const IdempotencyClaim& claim) {
    using Kind = IdempotencyOutcome::Kind;
    TRY(const auto inserted, session.run(kInsert, claim.scope, claim.operation, claim.key, claim.body_hash, claim.owner,
                                         claim.lease_until, claim.now, claim.expires_at));
    if (inserted > 0)
        return IdempotencyOutcome{Kind::Claimed, {}};
    TRY(auto found, session.first(kFind, read_stored, claim.scope, claim.operation, claim.key));
    if (!found)
        return IdempotencyOutcome{Kind::InProgress, {}};
    const bool running = found->state == "in_progress";
    const bool expired = found->expires_at <= claim.now;
    if (!expired && found->body_hash != claim.body_hash)
        return IdempotencyOutcome{Kind::OtherBody, {}};
    if (!expired && !running)
        return IdempotencyOutcome{Kind::Replay,
                                  {found->status.value_or(0), std::move(found->content_type).value_or(""),
                                   std::move(found->response).value_or(""), std::move(found->head).value_or(""),
                                   std::move(found->checks).value_or("")}};
    TRY(const auto retaken, session.run(kRetake, claim.scope, claim.operation, claim.key, claim.body_hash, claim.owner,
                                        claim.lease_until, claim.now, claim.expires_at, found->owner));
    return IdempotencyOutcome{retaken > 0 ? Kind::Claimed : Kind::InProgress, {}};
}

Result<bool> finish_idempotency_key(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer) {
    return changed(session.run(kFinish, claim.scope, claim.operation, claim.key, claim.owner, answer.status,
                               answer.content_type, answer.body, answer.head, answer.checks));
}

Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now) {
    return session.run(kPurge, now);
}

} // namespace landfall::catalog
