#pragma once
/// What PostgreSQL answered: results, rows, and its error codes as errors.

#include "database/database.hpp"

#include <memory>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace landfall::database {

struct PostgresClear {
    void operator()(pg_result* result) const;
};
using PostgresResult = std::unique_ptr<pg_result, PostgresClear>;

/// A row of a result in text format.
class PostgresRow final : public Row {
public:
    PostgresRow(const pg_result* result, int row) : result_(result), row_(row) {}
    bool is_null(int column) const override;
    /// Also reads booleans as 0 and 1, and numbers with a fraction cut off.
    std::int64_t integer(int column) const override;
    double real(int column) const override;
    std::string_view text(int column) const override;
    std::string blob(int column) const override;

private:
    const pg_result* result_;
    int row_;
};

/// The five characters of SQLSTATE; empty when the server sent none, which means that the connection is lost.
std::string_view sql_state(const pg_result* result);

/// The error of a pooler between us and PostgreSQL that gives each transaction another connection.
Error pooled_by_transaction();

/// Whether the same transaction may succeed when it is run again: serialization failure, deadlock.
bool is_retryable(std::string_view state);

/// Conflict for constraints, Unavailable for lost connections, exhausted resources, locks and shutdown,
/// DeadlineExceeded for statements that took too long, InvalidArgument for unusable text, Unavailable with the cure for
/// a database that was not set up, else Internal.
Error postgres_error(const pg_conn* connection, const pg_result* result, std::string_view sql);

} // namespace landfall::database
