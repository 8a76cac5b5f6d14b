#include "catalog/work/idempotency.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kKey = " WHERE scope = ?1 AND operation = ?2 AND client_key = ?3";
/// SQLite has one writer at a time anyway. Keys whose numbers are alike by chance wait for each other, no more.
constexpr std::string_view kLockPostgres =
    "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', ?1, ?2, ?3), 0))";
constexpr std::string_view kFind = sql<select_from<IdempotencyKeyRow>, kKey>;
constexpr std::string_view kDelete = sql<"DELETE FROM idempotency_key", kKey>;
constexpr std::string_view kPurge = "DELETE FROM idempotency_key WHERE expires_at <= ?1";

} // namespace

Result<IdempotencyOutcome> claim_idempotency_key(Session& session, const IdempotencyClaim& claim) {
    using Kind = IdempotencyOutcome::Kind;
    if (session.engine() == Engine::Postgres)
        CHECK_OK(session.run_later(kLockPostgres, claim.scope, claim.operation, claim.key));
    TRY(auto found, session.first(kFind, read_as<IdempotencyKeyRow>, claim.scope, claim.operation, claim.key));
    if (!found)
        return IdempotencyOutcome{Kind::Claimed, {}};
    if (found->expires_at <= claim.now) {
        CHECK_OK(session.run_later(kDelete, claim.scope, claim.operation, claim.key));
        return IdempotencyOutcome{Kind::Claimed, {}};
    }
    if (found->body_hash != claim.body_hash)
        return IdempotencyOutcome{Kind::OtherBody, {}};
    return IdempotencyOutcome{Kind::Replay,
                              {found->status.value_or(0), std::move(found->content_type).value_or(""),
                               std::move(found->response).value_or(""), std::move(found->head).value_or(""),
                               std::move(found->checks).value_or("")}};
}

Status keep_idempotent_answer(Session& session, const IdempotencyClaim& claim, const StoredAnswer& answer) {
    IdempotencyKeyRow row;
    row.scope = claim.scope;
    row.operation = claim.operation;
    row.client_key = claim.key;
    row.body_hash = claim.body_hash;
    row.status = answer.status;
    row.content_type = answer.content_type;
    row.response = answer.body;
    row.head = answer.head;
    row.checks = answer.checks;
    row.created_at = claim.now;
    row.expires_at = claim.expires_at;
    return session.execute_later(insert_into<IdempotencyKeyRow>, insert_values(row));
}

Result<std::int64_t> purge_idempotency_keys(Session& session, Timestamp now) {
    return session.run(kPurge, now);
}

} // namespace landfall::catalog
