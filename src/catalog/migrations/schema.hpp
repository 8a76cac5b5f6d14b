#pragma once
/// The catalog's schema: the scripts of `migrations/`, inside the binary, and opening a database that has them.

#include "database/migrations.hpp"

#include <memory>
#include <span>

namespace landfall::catalog {

/// What this program carries, in order: `migrations/NNNN_name.sql` in the words of either engine
/// (`cmake/EmbedMigrations.cmake`), or `.sqlite.sql` and `.postgres.sql`.
std::span<const database::Migration> embedded_migrations();

/// The newest migration this program carries.
int newest_schema_version();

/// Opens a catalog; see database::open_database.
Result<std::unique_ptr<database::Database>> open(database::DatabaseOptions options);

} // namespace landfall::catalog
