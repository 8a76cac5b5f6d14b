#pragma once
/// SQL functions of our own, written in C++, that the SQLite driver adds to each connection.

struct sqlite3;

namespace landfall::catalog {

/// Adds every function to a connection that was just opened: the writer's, each reader's, the migrations'.
/// Functions must be deterministic and marked SQLITE_INNOCUOUS to be usable in indexes and triggers, because the
/// schema is not trusted.
void register_functions(sqlite3* db);

} // namespace landfall::catalog
