#pragma once
/// One PostgreSQL connection: statements, and transactions that cost as few round trips as they can.

#include "database/connection.hpp"
#include "database/postgres_result.hpp"
#include "database/postgres_statements.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace landfall::database {

/// A connection. A statement ends after thirty seconds, a wait for a lock after ten, an idle transaction after
/// sixty. Used by one thread at a time.
class PostgresConnection final : public Connection {
public:
    enum class Transaction {
        Write,    ///< READ COMMITTED
        Snapshot, ///< REPEATABLE READ READ ONLY
    };

    /// Connects by a libpq conninfo string or URL; connecting takes at most ten seconds unless it says otherwise.
    /// Unavailable if nobody answers or lets us in.
    static Result<std::unique_ptr<PostgresConnection>> open(const std::string& conninfo);
    ~PostgresConnection() override;
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    Engine engine() const override { return Engine::Postgres; }
    Result<std::int64_t> execute(std::string_view sql, std::vector<Value> parameters) override;
    Status execute_later(std::string_view sql, std::vector<Value> parameters) override;
    Status query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) override;
    Status script(std::string_view sql) override;

    /// Unavailable where a pooler stands between us and the server and gives each transaction another connection, as
    /// far as that shows: with others at work it may not.
    Status check_pooling(const std::string& conninfo);

    /// From here on statements belong to a transaction. BEGIN travels with the first of them.
    void begin(Transaction kind);
    /// Unavailable when the connection breaks before the server's answer: the outcome is unknown then.
    Status commit();
    void rollback();
    /// Ends a Snapshot without waiting for the server's answer.
    void end_snapshot();

    /// Whether the server is still there and idle; for a connection that lay in a pool.
    bool usable();
    bool lost() const;
    /// Whether a statement since begin() failed in a way that a new try may cure.
    bool retryable() const { return retryable_; }
    std::size_t cached_statements() const { return statements_.size(); }

private:
    /// A prepared statement and its parameters.
    struct Command {
        std::string sql;
        std::string name;
        std::vector<Value> parameters;
    };

    explicit PostgresConnection(pg_conn* connection);
    void drain();
    PostgresResult run_text(const std::string& sql);
    Result<PostgresResult> answer(std::string_view sql, std::vector<Value> parameters);
    Result<const PostgresStatement*> prepared(std::string_view sql, const std::vector<Value>& parameters);
    Result<const PostgresStatement*> prepare(std::string_view sql, const std::vector<Value>& parameters);
    Result<Command> command(std::string_view sql, std::vector<Value> parameters);
    Result<PostgresResult> ask(const Command& command);
    Result<PostgresResult> send_all(const Command* last, const char* ending);
    Result<PostgresResult> read_all(const std::vector<std::string_view>& sent);
    void send(const Command& command);
    tl::unexpected<Error> failed(const pg_result* result, std::string_view sql);
    Result<int> server_process();

    pg_conn* connection_;
    PostgresStatements statements_;
    std::vector<Command> unsent_;         // of this transaction, in order
    const char* pending_begin_ = nullptr; // a transaction was begun that the server does not know of yet
    bool unread_ = false;                 // the answer to a COMMIT is still to be read
    bool retryable_ = false;
    bool failed_ = false;
};

} // namespace landfall::database
