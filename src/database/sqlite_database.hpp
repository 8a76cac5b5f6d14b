#pragma once
/// Database over one SQLite file.

#include "database/database.hpp"

#include <memory>
#include <string>

namespace landfall::database {

/// Opens a file whose schema is up to date; at most `readers` connections read at a time, opened when first needed.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers, SqliteExtension extend);

} // namespace landfall::database
