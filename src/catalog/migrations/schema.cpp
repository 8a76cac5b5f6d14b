#include "catalog/migrations/schema.hpp"

#include "catalog/search/sqlite_functions.hpp"
#include "database/dump.hpp"

namespace landfall::catalog {

int newest_schema_version() {
    return static_cast<int>(embedded_migrations().size());
}

Result<std::unique_ptr<database::Database>> open(database::DatabaseOptions options) {
    options.extend_sqlite = register_functions;
    return database::open_database(options, embedded_migrations());
}

Status dump(const std::string& url, const std::string& path, const std::function<Status(database::Session&)>& look) {
    return database::dump({url, register_functions}, path, look);
}

Status read_dump(const std::string& path, const std::function<Status(database::Connection&)>& look) {
    return database::read_dump(path, register_functions, look);
}

} // namespace landfall::catalog
