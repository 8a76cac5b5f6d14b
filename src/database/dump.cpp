#include "database/dump.hpp"

#include "core/descriptor.hpp"
#include "database/postgres_client.hpp"
#include "database/postgres_connection.hpp"
#include "database/sqlite_connection.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>

namespace landfall::database {
namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";
/// Shorter than the time that the server lets a transaction idle.
constexpr std::chrono::seconds kBeat{5};
constexpr std::string_view kOtherSchemas = R"(
SELECT quote_ident(nspname) FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', current_schema()))";

Status dump_sqlite(const DumpOptions& options, const std::string& path, const std::function<Status(Session&)>& look) {
    {
        TRY(const auto connection, SqliteConnection::open(options.url.substr(kSqlitePrefix.size()),
                                                          SqliteConnection::Mode::ReadOnly, options.extend_sqlite));
        CHECK_OK(connection->copy_into(path));
    }
    return read_dump(path, options.extend_sqlite, [&](Connection& copy) { return look(copy); });
}

Result<Descriptor> open_file(const std::string& path, int flags) {
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
    if (!file)
        return fail(Code::Unavailable, path + " cannot be opened: " + std::generic_category().message(errno));
    return file;
}

Result<std::vector<std::string>> texts_of(Session& session, std::string_view sql) {
    return session.all(sql, [](const Row& row) { return row.str(0); });
}

/// pg_dump with the snapshot of the session: all of the catalog's schema, nothing of other programs' schemas, and of
/// extensions those that the catalog uses. To name the schema itself would make a restore create it anew.
Result<std::vector<std::string>> dump_command(Session& session) {
    TRY(const auto snapshot, texts_of(session, "SELECT pg_export_snapshot()"));
    TRY(const auto others, texts_of(session, kOtherSchemas));
    std::vector<std::string> words{
        "pg_dump",    "--format=custom",   "--no-owner",         "--no-comments",       "--no-privileges",
        "--no-blobs", "--no-publications", "--no-subscriptions", "--extension=postgis", "--extension=btree_gist"};
    for (const std::string& name : snapshot)
        words.push_back("--snapshot=" + name);
    for (const std::string& name : others)
        words.push_back("--exclude-schema=" + name);
    return words;
}

/// Whether pg_restore can read the archive.
Status check_archive(const std::string& url, const std::string& path) {
    TRY(const auto archive, open_file(path, O_RDONLY));
    TRY(const auto reader, PostgresClient::start(url, {"pg_restore", "--list"}, {archive.get(), -1}));
    return reader->wait();
}

Status dump_postgres(const std::string& url, const std::string& path, const std::function<Status(Session&)>& look) {
    TRY(const auto connection, PostgresConnection::open(url));
    connection->begin(PostgresConnection::Transaction::Snapshot);
    TRY(const auto command, dump_command(*connection));
    TRY(const auto file, open_file(path, O_WRONLY));
    TRY(const auto writer, PostgresClient::start(url, command, {-1, file.get()}));
    CHECK_OK(look(*connection));
    // The snapshot lasts as long as its transaction, which must not be taken for idle.
    while (!writer->ends_within(kBeat))
        CHECK_OK(texts_of(*connection, "SELECT 'still here'"));
    CHECK_OK(writer->wait());
    return check_archive(url, path);
}

} // namespace

Status dump(const DumpOptions& options, const std::string& path, const std::function<Status(Session&)>& look) {
    return options.url.starts_with(kSqlitePrefix) ? dump_sqlite(options, path, look)
                                                  : dump_postgres(options.url, path, look);
}

Status read_dump(const std::string& path, SqliteExtension extend, const std::function<Status(Connection&)>& look) {
    TRY(const auto copy, SqliteConnection::open(path, SqliteConnection::Mode::ReadOnly, extend));
    CHECK_OK(copy->check_soundness());
    return look(*copy);
}

Status load_postgres(const std::string& url, int archive) {
    TRY(const auto loader, PostgresClient::start(url,
                                                 {"pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                                                  "--no-privileges", "--dbname="},
                                                 {archive, -1}));
    return loader->wait();
}

} // namespace landfall::database
