#include "catalog/work/idempotency.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kKey = " WHERE scope = ?1 AND operation = ?2 AND client_key = ?3";
constexpr std::string_view kInsert =
    sql<insert_into<IdempotencyKeyRow>, " ON CONFLICT (scope, operation, client_key) DO NOTHING">;
constexpr std::string_view kFind = sql<select_from<IdempotencyKeyRow>, kKey>;
constexpr SqlText kFormerOwner = update_mark<IdempotencyKeyRow, 1>;
constexpr SqlText kNow = update_mark<IdempotencyKeyRow, 2>;
constexpr std::string_view kRetake =
    sql<update_of<IdempotencyKeyRow>, " AND owner = ", kFormerOwner, " AND (expires_at <= ", kNow,
        " OR (state = 'in_progress' AND lease_until <= ", kNow, "))">;
constexpr std::string_view kFinish = sql<R"(
UPDATE idempotency_key SET state = 'done', status = ?5, content_type = ?6, response = ?7, head = ?8, checks = ?9)",
                                         kKey, " AND owner = ?4 AND state = 'in_progress'">;
constexpr std::string_view kPurge = "DELETE FROM idempotency_key WHERE expires_at <= ?1";

/// The key as this claim holds it.
IdempotencyKeyRow row_of(const IdempotencyClaim& claim) {
    IdempotencyKeyRow row;
    row.scope = claim.scope;
    row.operation = claim.operation;
    row.client_key = claim.key;
    row.body_hash = claim.body_hash;
    row.owner = claim.owner;
    row.lease_until = claim.lease_until;
    row.created_at = claim.now;
    row.expires_at = claim.expires_at;
    return row;
}

} // namespace

Result<IdempotencyOutcome> claim_idempotency_key(Session& session, const IdempotencyClaim& claim) {
    using Kind = IdempotencyOutcome::Kind;
    const IdempotencyKeyRow ours = row_of(claim);
    TRY(const auto inserted, session.execute(kInsert, insert_values(ours)));
    if (inserted > 0)
        return IdempotencyOutcome{Kind::Claimed, {}};
    TRY(auto found, session.first(kFind, read_as<IdempotencyKeyRow>, claim.scope, claim.operation, claim.key));
    if (!found)
        return IdempotencyOutcome{Kind::InProgress, {}};
    const bool running = found->state == IdempotencyState::InProgress;
    const bool expired = found->expires_at <= claim.now;
    if (!expired && found->body_hash != claim.body_hash)
        return IdempotencyOutcome{Kind::OtherBody, {}};
    if (!expired && !running)
        return IdempotencyOutcome{Kind::Replay,
                                  {found->status.value_or(0), std::move(found->content_type).value_or(""),
                                   std::move(found->response).value_or(""), std::move(found->head).value_or(""),
                                   std::move(found->checks).value_or("")}};
    TRY(const auto retaken, session.execute(kRetake, update_values(ours, found->owner, claim.now)));
    return IdempotencyOutcome{retaken > 0 ? Kind::Claimed : Kind::InProgress, {}};
}

Status finish_idempotency_key(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer) {
    return session.run_later(kFinish, claim.scope, claim.operation, claim.key, claim.owner, answer.status,
                             answer.content_type, answer.body, answer.head, answer.checks);
}

Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now) {
    return session.run(kPurge, now);
}

} // namespace landfall::catalog
