#include "catalog/migrations/schema.hpp"

#include "catalog/search/sqlite_functions.hpp"

namespace landfall::catalog {

int newest_schema_version() {
    return static_cast<int>(embedded_migrations().size());
}

Result<std::unique_ptr<database::Database>> open(database::DatabaseOptions options) {
    options.extend_sqlite = register_functions;
    return database::open_database(options, embedded_migrations());
}

} // namespace landfall::catalog
