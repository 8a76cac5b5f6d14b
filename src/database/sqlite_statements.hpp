#pragma once
/// Prepared SQLite statements of one connection, kept by their text; and how SQLite's codes become errors.

#include "core/result.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace landfall::database {

/// Conflict for constraints, Unavailable for busy, locked, full and failing disks, DeadlineExceeded for an
/// interrupted statement, else Internal. The cause holds SQLite's words and the statement.
Error sqlite_error(sqlite3* db, int code, std::string_view sql);

/// The most recently used statements of a connection. Not thread-safe.
class SqliteStatements {
    struct Entry {
        std::string sql;
        sqlite3_stmt* statement = nullptr;
        bool taken = false;
    };

public:
    /// A statement in use; its end resets the statement, and keeps it unless a nested use had to make a second one.
    class Lease {
    public:
        explicit Lease(Entry& entry);
        explicit Lease(sqlite3_stmt* single) : statement_(single) {}
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        sqlite3_stmt* get() const { return statement_; }

    private:
        Entry* entry_ = nullptr;
        sqlite3_stmt* statement_ = nullptr;
    };

    SqliteStatements(sqlite3* db, std::size_t capacity) : db_(db), capacity_(capacity) {}
    SqliteStatements(const SqliteStatements&) = delete;
    SqliteStatements& operator=(const SqliteStatements&) = delete;
    ~SqliteStatements() { clear(); }

    /// The statement of this text, prepared if need be. Internal if the text is not exactly one statement.
    Result<Lease> take(std::string_view sql);
    /// Finalizes every statement that is not in use.
    void clear();
    std::size_t size() const { return entries_.size(); }

private:
    Result<sqlite3_stmt*> prepare(std::string_view sql);
    void evict();

    sqlite3* db_;
    std::size_t capacity_;
    std::list<Entry> entries_; // the latest used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;
};

} // namespace landfall::database
