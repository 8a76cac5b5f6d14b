#include "database/database.hpp"

#include "core/text.hpp"
#include "database/connection.hpp"
#include "database/migrations.hpp"
#include "database/postgres_connection.hpp"
#include "database/postgres_database.hpp"
#include "database/sqlite_connection.hpp"
#include "database/sqlite_database.hpp"

#include <optional>

namespace landfall::database {
namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";

std::optional<std::string> sqlite_path(const std::string& url) {
    if (!url.starts_with(kSqlitePrefix))
        return std::nullopt;
    return url.substr(kSqlitePrefix.size());
}

Status check_conninfo(const std::string& url) {
    if (url.starts_with("postgresql://") || url.starts_with("postgres://") || url.find('=') != std::string::npos)
        return {};
    return fail(Code::InvalidArgument, "The database must be sqlite:/path/to/file.db, postgresql://user@host/name or "
                                       "a libpq conninfo such as host=/run/postgresql dbname=landfall.");
}

Status bring_up(Connection& connection, const DatabaseOptions& options, std::span<const Migration> migrations) {
    TRY(const int version, applied_version(connection));
    const bool begins = version == 0 && options.schema == SchemaChange::Begin;
    return begins || options.schema == SchemaChange::Upgrade ? apply_migrations(connection, migrations)
                                                             : check_migrations(connection, migrations);
}

} // namespace

Value value_of(std::nullptr_t) {
    return {};
}

std::optional<std::string> Row::opt_str(int column) const {
    return is_null(column) ? std::nullopt : std::optional(str(column));
}

std::optional<std::int64_t> Row::opt_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<double> Row::opt_real(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
}

Status check_parameters(const std::vector<Value>& parameters) {
    for (const Value& value : parameters) {
        const auto* text = std::get_if<std::string>(&value);
        if (text != nullptr && (text->find('\0') != std::string::npos || !is_utf8(*text)))
            return fail(Code::InvalidArgument, "Text must be valid UTF-8 and must not contain the character U+0000.");
    }
    return {};
}

Error unavailable(std::string cause) {
    Error error{Code::Unavailable, "The catalog is busy or cannot be reached at the moment. Try again shortly."};
    error.retry_after_seconds = 1;
    error.cause = std::move(cause);
    return error;
}

Error disk_full(std::string cause) {
    return Error{Code::Unavailable, "The catalog's disk is full. Free space on it, then try again."}.because(
        std::move(cause));
}

Error violated(std::string cause) {
    return Error{Code::Conflict, "The change contradicts what the catalog already holds."}.because(std::move(cause));
}

Result<std::unique_ptr<Database>> open_database(const DatabaseOptions& options, std::span<const Migration> migrations) {
    if (const auto path = sqlite_path(options.url)) {
        {
            TRY(const auto connection,
                SqliteConnection::open(*path, SqliteConnection::Mode::Create, options.extend_sqlite));
            CHECK_OK(bring_up(*connection, options, migrations));
        }
        return open_sqlite(*path, options.readers, options.extend_sqlite);
    }
    CHECK_OK(check_conninfo(options.url));
    {
        TRY(const auto connection, PostgresConnection::open(options.url));
        CHECK_OK(connection->check_pooling(options.url));
        CHECK_OK(bring_up(*connection, options, migrations));
    }
    return open_postgres(options.url, options.readers);
}

Result<int> schema_version(const std::string& url) {
    if (const auto path = sqlite_path(url)) {
        TRY(const auto connection, SqliteConnection::open(*path, SqliteConnection::Mode::ReadWrite));
        return applied_version(*connection);
    }
    CHECK_OK(check_conninfo(url));
    TRY(const auto connection, PostgresConnection::open(url));
    return applied_version(*connection);
}

} // namespace landfall::database
