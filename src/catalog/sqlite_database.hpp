#pragma once
/// Database over one SQLite file.

#include "catalog/database.hpp"

#include <memory>
#include <string>

namespace landfall::catalog {

/// Opens a file whose schema is up to date; at most `readers` connections read at a time, opened when first needed.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers);

} // namespace landfall::catalog
