#pragma once
/// The schema's history: forward-only numbered scripts, and the runner that applies them.

#include "database/connection.hpp"
#include "database/database.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace landfall::database {

/// One step of a schema. A script runs inside a transaction, so it holds no BEGIN or COMMIT.
struct Migration {
    int version = 0;           ///< 1, 2, 3 … without gaps
    std::string_view name;     ///< `NNNN_name`
    std::string_view sqlite;   ///< the script for SQLite
    std::string_view postgres; ///< the script for PostgreSQL
};

/// Applies what is missing, all of it or nothing, under a lock that other processes respect: SQLite's write lock, an
/// advisory lock of PostgreSQL. Records version, name, SHA-256 and time in `schema_migration`.
/// On SQLite foreign keys are off while a script runs, and checked as a whole before it is committed.
/// Conflict when the database is newer than the list or an applied script was changed since.
Status apply_migrations(Connection& connection, std::span<const Migration> migrations);

/// Like apply_migrations, but Conflict when something is missing; changes nothing.
Status check_migrations(Connection& connection, std::span<const Migration> migrations);

/// The newest applied version; 0 when there is none. Changes nothing.
Result<int> applied_version(Connection& connection);

/// Opens the database and changes its schema as far as the options let it (under a lock: several servers may start at
/// once). Conflict when the schema is newer than this program, or older and must not be changed.
Result<std::unique_ptr<Database>> open_database(const DatabaseOptions& options, std::span<const Migration> migrations);

} // namespace landfall::database
