#include "database/sqlite_database.hpp"

#include "database/connection_pool.hpp"
#include "database/sqlite_connection.hpp"
#include "database/sqlite_writer.hpp"

#include <optional>

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

class SqliteWatch final : public Watch {
public:
    explicit SqliteWatch(std::string path) : path_(std::move(path)) {}

    Status look(const std::function<Status(Session&)>& work) override {
        if (!connection_) {
            TRY(connection_, SqliteConnection::open(path_, SqliteConnection::Mode::ReadOnly));
        }
        const auto seen = std::exchange(seen_, std::nullopt);
        std::optional<std::int64_t> version;
        CHECK_OK(connection_->query("PRAGMA data_version", {}, [&](const Row& row) { version = row.integer(0); }));
        if (!seen || version != seen)
            CHECK_OK(run(work));
        seen_ = version;
        return {};
    }

private:
    Status run(const std::function<Status(Session&)>& work) {
        CHECK_OK(connection_->control("BEGIN"));
        const Status done = work(*connection_);
        if (!connection_->control("COMMIT"))
            connection_.reset();
        return done;
    }

    std::string path_;
    // Writes nothing, so SQLite's counter tells it of every commit, those of our own writer too.
    std::unique_ptr<SqliteConnection> connection_;
    std::optional<std::int64_t> seen_; ///< the counter before the last work that succeeded
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

    std::unique_ptr<Watch> watch() const override { return std::make_unique<SqliteWatch>(path_); }

private:
    std::string path_;
    SqliteWriter writer_;
    mutable SqliteReaders readers_;
};

} // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, int readers, SqliteExtension extend) {
    TRY(auto writer, SqliteConnection::open(path, SqliteConnection::Mode::Create, extend));
    return std::make_unique<SqliteDatabase>(path, readers, extend, std::move(writer));
}

} // namespace landfall::database
