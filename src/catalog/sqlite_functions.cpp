#include "catalog/sqlite_functions.hpp"

#include <sqlite3.h>

namespace landfall::catalog {

void register_functions([[maybe_unused]] sqlite3* db) {}

} // namespace landfall::catalog
