#pragma once
/// The catalog's schema: the scripts of `migrations/`, inside the binary, and opening a database that has them.

#include "database/migrations.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace landfall::catalog {

/// What this program carries, in order: `migrations/NNNN_name.sql` in the words of either engine
/// (`cmake/EmbedMigrations.cmake`), or `.sqlite.sql` and `.postgres.sql`.
std::span<const database::Migration> embedded_migrations();

/// The newest migration this program carries.
int newest_schema_version();

/// Opens a catalog; see database::open_database.
Result<std::unique_ptr<database::Database>> open(database::DatabaseOptions options);

/// Copies a catalog into an empty file; see database::dump.
Status dump(const std::string& url, const std::string& path, const std::function<Status(database::Session&)>& look);
/// Reads a copy of an embedded catalog; see database::read_dump.
Status read_dump(const std::string& path, const std::function<Status(database::Connection&)>& look);

} // namespace landfall::catalog
