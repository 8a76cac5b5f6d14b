#pragma once
/// A whole database in one file, made beside whoever writes to it.

#include "database/connection.hpp"
#include "database/database.hpp"

#include <functional>
#include <string>

namespace landfall::database {

struct DumpOptions {
    std::string url; ///< as that of DatabaseOptions
    SqliteExtension extend_sqlite = nullptr;
};

/// Writes what the database holds at one moment into `path`, an empty file, and lets `look` read exactly that. Whoever
/// writes meanwhile neither waits nor is waited for. Of SQLite it is a database file, of PostgreSQL an archive of
/// pg_dump; either is read again as a check. It need not be on the disk on return.
/// Unavailable if it cannot be written, or without pg_dump.
Status dump(const DumpOptions& options, const std::string& path, const std::function<Status(Session&)>& look);

/// Lets `look` read a file that `dump` made of SQLite. Conflict if it is damaged.
Status read_dump(const std::string& path, SqliteExtension extend, const std::function<Status(Connection&)>& look);

/// Fills an empty PostgreSQL database with the archive that the descriptor is at the beginning of: all of it or
/// nothing.
Status load_postgres(const std::string& url, int archive);

} // namespace landfall::database
