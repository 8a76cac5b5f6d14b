#include "database/sqlite_statements.hpp"

#include "database/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace landfall::database {
namespace {

constexpr std::size_t kQuotedSqlBytes = 400;

} // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view sql) {
    const int extended =
        db != nullptr && sqlite3_extended_errcode(db) % 256 == code % 256 ? sqlite3_extended_errcode(db) : code;
    std::string cause =
        fmt::format("SQLite {}: {} [{}]", extended, db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code),
                    sql.substr(0, kQuotedSqlBytes));
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return violated(std::move(cause));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
        return unavailable(std::move(cause));
    case SQLITE_FULL:
        return disk_full(std::move(cause));
    case SQLITE_INTERRUPT:
        return Error{Code::DeadlineExceeded, "The catalog took too long to answer. Narrow the request."}.because(
            std::move(cause));
    default:
        return fail_internal(std::move(cause)).value();
    }
}

SqliteStatements::Lease::Lease(Entry& entry) : entry_(&entry), statement_(entry.statement) {
    entry.taken = true;
}

SqliteStatements::Lease::Lease(Lease&& other) noexcept
    : entry_(std::exchange(other.entry_, nullptr)), statement_(std::exchange(other.statement_, nullptr)) {}

SqliteStatements::Lease::~Lease() {
    if (entry_ != nullptr) {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
        entry_->taken = false;
    } else {
        sqlite3_finalize(statement_);
    }
}

Result<SqliteStatements::Lease> SqliteStatements::take(std::string_view sql) {
    if (auto known = by_sql_.find(sql); known != by_sql_.end()) {
        const auto entry = known->second;
        if (entry->taken) {
            TRY(sqlite3_stmt * second, prepare(sql));
            return Lease(second);
        }
        entries_.splice(entries_.begin(), entries_, entry);
        return Lease(*entry);
    }
    TRY(sqlite3_stmt * statement, prepare(sql));
    entries_.push_front({std::string(sql), statement});
    by_sql_.emplace(entries_.front().sql, entries_.begin());
    Lease lease(entries_.front());
    evict();
    return lease;
}

Result<sqlite3_stmt*> SqliteStatements::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int code =
        sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK)
        return fail(sqlite_error(db_, code, sql));
    const std::string_view tail = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (statement == nullptr || tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
        sqlite3_finalize(statement);
        return fail_internal(fmt::format("Not exactly one SQL statement: {}", sql.substr(0, kQuotedSqlBytes)));
    }
    return statement;
}

void SqliteStatements::evict() {
    for (auto it = entries_.end(); entries_.size() > capacity_ && it != entries_.begin();) {
        --it;
        if (it->taken)
            continue;
        sqlite3_finalize(it->statement);
        by_sql_.erase(it->sql);
        it = entries_.erase(it);
    }
}

void SqliteStatements::clear() {
    const std::size_t capacity = std::exchange(capacity_, 0);
    evict();
    capacity_ = capacity;
}

} // namespace landfall::database
