#include "database/sqlite_database.hpp"

#include "database/connection_pool.hpp"
#include "database/sqlite_connection.hpp"
#include "database/sqlite_writer.hpp"

#include <mutex>

namespace landfall::database {
namespace {

using SqliteReaders = ConnectionPool<SqliteConnection>;

/// Ends the snapshot and returns the connection, also when the reader's work throws.
class Snapshot {
public:
    Snapshot(SqliteReaders& readers, std::unique_ptr<SqliteConnection> connection)
        : readers_(readers), connection_(std::move(connection)) {}
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() {
        if (connection_->in_transaction() && !connection_->control("COMMIT"))
            connection_.reset();
        readers_.give_back(std::move(connection_));
    }
    SqliteConnection& connection() { return *connection_; }

private:
    SqliteReaders& readers_;
    std::unique_ptr<SqliteConnection> connection_;
};

class SqliteDatabase final : public Database {
public:
    SqliteDatabase(const std::string& path, int readers, SqliteExtension extend,
                   std::unique_ptr<SqliteConnection> writer)
        : path_(path), writer_(std::move(writer)),
          readers_([path, extend] { return SqliteConnection::open(path, SqliteConnection::Mode::ReadOnly, extend); },
                   readers) {}

    Engine engine() const override { return Engine::Sqlite; }

    Status write(const std::function<Status(Session&)>& work) override { return writer_.run(work); }

    Status read(const std::function<Status(Session&)>& work) const override {
        TRY(auto connection, readers_.borrow());
        Snapshot snapshot(readers_, std::move(connection));
        CHECK_OK(snapshot.connection().control("BEGIN"));
        return work(snapshot.connection());
    }

    std::optional<std::int64_t> version() const override {
        const std::lock_guard lock(watcher_mutex_);
        if (!watcher_) {
            auto opened = SqliteConnection::open(path_, SqliteConnection::Mode::ReadOnly);
            if (!opened)
                return std::nullopt;
            watcher_ = *std::move(opened);
        }
        std::optional<std::int64_t> version;
        if (!watcher_->query("PRAGMA data_version", {}, [&](const Row& row) { version = row.integer(0); }))
            return std::nullopt;
        return version;
    }

private:
    std::string path_;
    SqliteWriter writer_;
    mutable SqliteReaders readers_;
    mutable std::mutex watcher_mutex_;
    // Writes nothing, so SQLite's counter tells it of every commit, those of our own writer too.
    mutable std::unique_ptr<SqliteConnection> watcher_;
};

} // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers, SqliteExtension extend) {
    TRY(auto writer, SqliteConnection::open(path, SqliteConnection::Mode::Create, extend));
    return std::make_unique<SqliteDatabase>(path, readers, extend, std::move(writer));
}

} // namespace landfall::database
