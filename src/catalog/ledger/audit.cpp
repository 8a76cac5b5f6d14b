#include "catalog/ledger/audit.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<AuditRow>, " ON CONFLICT (id) DO NOTHING">;

constexpr std::string_view kPut = sql<insert_into<AuditRow>, R"(
 ON CONFLICT (id) DO UPDATE SET calls = excluded.calls, duration_us = excluded.duration_us)">;
constexpr std::string_view kPurge = R"(
DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < ?1 ORDER BY at LIMIT ?2))";

} // namespace

Status append_audit(Session& session, const std::vector<AuditRow>& rows) {
    for (const AuditRow& row : rows)
        CHECK_OK(session.execute(kInsert, insert_values(row)));
    return {};
}

Status put_audit(Session& session, const AuditRow& row) {
    return done(session.execute(kPut, insert_values(row)));
}

Result<std::int64_t> purge_audit(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurge, before, limit);
}

} // namespace landfall::catalog
