#pragma once
/// Database over a PostgreSQL server.

#include "database/database.hpp"

#include <memory>
#include <string>

namespace landfall::database {

/// Uses at most `connections` (two or more) to read and as many to write at a time, connected when first needed and
/// again after a failure.
Result<std::unique_ptr<Database>> open_postgres(const std::string& conninfo, int connections);

} // namespace landfall::database
