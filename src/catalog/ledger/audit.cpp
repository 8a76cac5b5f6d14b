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
constexpr std::string_view kPurgeOf = R"(
DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE organization_id = ?1 ORDER BY at, id LIMIT ?2))";

} // namespace

Status append_audit(Session& session, const AuditRow& row) {
    return session.execute_later(kInsert, insert_values(row));
}

Status put_audit(Session& session, const AuditRow& row) {
    return done(session.execute(kPut, insert_values(row)));
}

Result<std::int64_t> purge_audit(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurge, before, limit);
}

Result<std::int64_t> purge_audit_of(Session& session, const OrganizationId& organization, std::int64_t limit) {
    return session.run(kPurgeOf, organization, limit);
}

} // namespace landfall::catalog
