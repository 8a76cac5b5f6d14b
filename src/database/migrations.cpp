#include "database/migrations.hpp"

#include "core/text.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

namespace landfall::database {
namespace {

constexpr const char* kCreateHistory = R"(
CREATE TABLE IF NOT EXISTS schema_migration (
    version BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
)";
constexpr const char* kHasHistorySqlite =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'";
constexpr const char* kHasHistoryPostgres = "SELECT count(*) WHERE to_regclass('schema_migration') IS NOT NULL";
constexpr const char* kHistory = "SELECT version, name, checksum FROM schema_migration ORDER BY version";
constexpr const char* kRecord =
    "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)";
constexpr const char* kBeginSqlite = "BEGIN IMMEDIATE";
// The key is the ASCII of "landfall".
constexpr const char* kBeginPostgres = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
                                       "SELECT pg_advisory_xact_lock(7809644606330596460)";

struct Applied {
    int version = 0;
    std::string name;
    std::string checksum;
};

std::string_view script_of(const Connection& connection, const Migration& migration) {
    return connection.pick(migration.sqlite, migration.postgres);
}

Status check_list(const Connection& connection, std::span<const Migration> migrations) {
    int expected = 0;
    for (const Migration& migration : migrations) {
        if (migration.version != ++expected)
            return fail_internal(fmt::format("migration {} stands where {} belongs", migration.version, expected));
        if (script_of(connection, migration).empty())
            return fail_internal(fmt::format("migration {} has no script for this engine", migration.name));
    }
    return {};
}

Result<std::vector<Applied>> history(Connection& connection) {
    TRY(const auto tables, connection.first(connection.pick(kHasHistorySqlite, kHasHistoryPostgres),
                                            [](const Row& row) { return row.integer(0); }));
    if (tables.value_or(0) == 0)
        return std::vector<Applied>{};
    return connection.all(
        kHistory, [](const Row& row) { return Applied{static_cast<int>(row.integer(0)), row.str(1), row.str(2)}; });
}

/// How many of the migrations are applied, provided that the database's history is the beginning of the list.
Result<std::size_t> applied_count(Connection& connection, std::span<const Migration> migrations) {
    TRY(const auto applied, history(connection));
    if (applied.size() > migrations.size())
        return fail(Code::Conflict, fmt::format("The database has schema version {}, but this program knows versions "
                                                "up to {} only. Run a newer version of the program.",
                                                applied.back().version, migrations.size()));
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const std::string checksum = to_hex(sha256(script_of(connection, migrations[i])));
        if (applied[i].version != migrations[i].version || applied[i].checksum != checksum)
            return fail(Code::Conflict,
                        fmt::format("The database was made with another version of migration {}. It was written by a "
                                    "different build of the program; run that build or restore a backup.",
                                    migrations[i].name));
    }
    return applied.size();
}

Status check_foreign_keys(Connection& connection) {
    if (connection.engine() != Engine::Sqlite)
        return {};
    TRY(const auto broken, connection.first("PRAGMA foreign_key_check", [](const Row& row) { return row.str(0); }));
    return broken ? Status(fail(violated("rows without their parent in table " + *broken))) : Status{};
}

Status apply_one(Connection& connection, const Migration& migration) {
    const std::string_view sql = script_of(connection, migration);
    CHECK_OK(connection.script(sql));
    CHECK_OK(check_foreign_keys(connection));
    CHECK_OK(connection.run(kRecord, migration.version, migration.name, to_hex(sha256(sql)), SystemClock().now()));
    return {};
}

/// Under the lock: applies what no other process has applied meanwhile.
Status apply_all(Connection& connection, std::span<const Migration> migrations) {
    CHECK_OK(connection.script(kCreateHistory));
    TRY(const std::size_t done, applied_count(connection, migrations));
    for (const Migration& migration : migrations.subspan(done))
        CHECK_OK(apply_one(connection, migration));
    return {};
}

Status apply_missing(Connection& connection, std::span<const Migration> migrations) {
    CHECK_OK(connection.script(connection.pick(kBeginSqlite, kBeginPostgres)));
    if (Status applied = apply_all(connection, migrations); !applied) {
        (void)connection.script("ROLLBACK");
        return applied;
    }
    return connection.script("COMMIT");
}

} // namespace

Status apply_migrations(Connection& connection, std::span<const Migration> migrations) {
    CHECK_OK(check_list(connection, migrations));
    TRY(const std::size_t done, applied_count(connection, migrations));
    if (done == migrations.size())
        return {};
    if (connection.engine() == Engine::Postgres)
        return apply_missing(connection, migrations);
    CHECK_OK(connection.script("PRAGMA foreign_keys = OFF"));
    Status applied = apply_missing(connection, migrations);
    CHECK_OK(connection.script("PRAGMA foreign_keys = ON"));
    return applied;
}

Status check_migrations(Connection& connection, std::span<const Migration> migrations) {
    CHECK_OK(check_list(connection, migrations));
    TRY(const std::size_t done, applied_count(connection, migrations));
    if (done < migrations.size())
        return fail(Code::Conflict, fmt::format("The database has schema version {}, but this program needs {}. Run "
                                                "`landfall migrate` first.",
                                                done, migrations.size()));
    return {};
}

Result<int> applied_version(Connection& connection) {
    TRY(const auto applied, history(connection));
    return applied.empty() ? 0 : applied.back().version;
}

} // namespace landfall::database
