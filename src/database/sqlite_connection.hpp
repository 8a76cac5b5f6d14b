#pragma once
/// One SQLite connection: how it is opened, and statements on it.

#include "database/connection.hpp"
#include "database/sqlite_statements.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;

namespace landfall::database {

/// A connection in WAL mode with `synchronous=FULL` and foreign keys. It waits at most ten seconds for a lock, and a
/// statement that works for more than thirty seconds without yielding a row ends with DeadlineExceeded.
/// Used by one thread at a time.
class SqliteConnection final : public Connection {
public:
    enum class Mode {
        Create,    ///< reads and writes; creates the file (mode 0600) if it is missing
        ReadWrite, ///< reads and writes; NotFound if the file is missing
        ReadOnly,  ///< reads; the file must be there and in WAL mode
    };

    static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Mode mode,
                                                          SqliteExtension extend = nullptr);
    ~SqliteConnection() override;
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    Engine engine() const override { return Engine::Sqlite; }
    Result<std::int64_t> execute(std::string_view sql, std::vector<Value> parameters) override;
    Status query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) override;
    Status script(std::string_view sql) override;

    /// BEGIN, SAVEPOINT, COMMIT and their like: runs even after a statement failed, and forgets that it did.
    Status control(std::string_view sql);
    /// Whether a statement failed since the last control(). Like on PostgreSQL, no other one runs then.
    bool failed() const { return failed_; }
    /// False once SQLite itself rolled the transaction back, as it does when the disk is full.
    bool in_transaction() const;
    /// Whether the transaction breaks a deferred foreign key, which would make its COMMIT fail.
    bool has_broken_references() const;
    /// Writes what the database holds at this moment into an empty or new file, however long that takes: whoever writes
    /// meanwhile neither waits nor makes it start again.
    Status copy_into(const std::string& path);
    /// Looks at every page, however long that takes. Conflict if the file is damaged.
    Status check_soundness();
    /// Pages in the write-ahead log after this connection's last commit.
    int log_pages() const { return log_pages_; }
    enum class Checkpoint {
        Passive, ///< copies what it can without waiting
        Restart, ///< waits for readers, so that the log starts again from its beginning
    };
    /// Copies the write-ahead log into the database file.
    void checkpoint(Checkpoint kind);
    /// For a connection with nothing to do: moves the log into the file and frees the page cache.
    void rest();
    std::size_t cached_statements() const { return statements_.size(); }

private:
    explicit SqliteConnection(sqlite3* db);
    Status configure(Mode mode, SqliteExtension extend);
    Status set_journal_mode();
    Status bind(sqlite3_stmt* statement, std::string_view sql, const std::vector<Value>& parameters);
    int step(sqlite3_stmt* statement);
    Result<SqliteStatements::Lease> start(std::string_view sql, const std::vector<Value>& parameters);
    tl::unexpected<Error> failed(int code, std::string_view sql);

    sqlite3* db_;
    SqliteStatements statements_;
    std::chrono::steady_clock::time_point step_deadline_ = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point lock_wait_started_;
    int log_pages_ = 0;
    bool failed_ = false;
};

} // namespace landfall::database
