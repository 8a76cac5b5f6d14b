#include "catalog/change.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kNoteSqlite = sql<insert_into<ChangeRow<Engine::Sqlite>>>;
constexpr std::string_view kNotePostgres = sql<insert_into<ChangeRow<Engine::Postgres>>, " ON CONFLICT DO NOTHING">;

// One statement tells where the snapshot stands and what is new in it; nothing new is a row without an organization.
// Commits on SQLite come one after another, so their numbers are in order.
constexpr std::string_view kStandSqlite = "SELECT CAST(coalesce(max(no), 0) AS TEXT), NULL FROM catalog_change";
constexpr std::string_view kReadSqlite = R"(
SELECT CAST(no AS TEXT), organization_id FROM catalog_change WHERE no > CAST(?1 AS INTEGER) ORDER BY no)";
// A transaction may commit long after one that began later. All below the earlier snapshot's xmin had ended by then;
// of the others those are new that it did not see.
constexpr std::string_view kStandPostgres = "SELECT CAST(pg_current_snapshot() AS TEXT), NULL";
constexpr std::string_view kReadPostgres = R"(
SELECT CAST(pg_current_snapshot() AS TEXT), news.organization_id FROM (SELECT 1) AS stand LEFT JOIN (
    SELECT DISTINCT organization_id FROM catalog_change
    WHERE xid >= pg_snapshot_xmin(CAST(?1 AS pg_snapshot))
    AND NOT pg_visible_in_snapshot(xid, CAST(?1 AS pg_snapshot))) AS news ON TRUE)";

constexpr std::string_view kPurgeSqlite = R"(
DELETE FROM catalog_change WHERE no IN (
    SELECT no FROM catalog_change WHERE at <= unixepoch() * 1000000 - ?1 ORDER BY no LIMIT ?2))";
constexpr std::string_view kPurgePostgres = R"(
DELETE FROM catalog_change WHERE (xid, organization_id) IN (
    SELECT xid, organization_id FROM catalog_change
    WHERE at <= CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) - ?1 ORDER BY xid LIMIT ?2))";

} // namespace

Status note_change(Session& session, const OrganizationId& organization) {
    return session.run_later(session.pick(kNoteSqlite, kNotePostgres), organization);
}

Result<std::vector<OrganizationId>> read_changes(Session& session, std::optional<ChangeMark>& mark) {
    std::vector<OrganizationId> changed;
    const auto read = [&](const Row& row) {
        mark = ChangeMark{row.str(0)};
        if (!row.is_null(1))
            changed.emplace_back(row.text(1));
    };
    if (mark)
        CHECK_OK(session.each(session.pick(kReadSqlite, kReadPostgres), read, std::string(mark->seen)));
    else
        CHECK_OK(session.each(session.pick(kStandSqlite, kStandPostgres), read));
    return changed;
}

Result<std::int64_t> purge_changes(Session& session, std::chrono::microseconds age, std::int64_t limit) {
    return session.run(session.pick(kPurgeSqlite, kPurgePostgres), age.count(), limit);
}

} // namespace landfall::catalog
