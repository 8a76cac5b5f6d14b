#pragma once
/// The thin driver: connections, statements, transactions. Two engines, one interface. Knows no tables.

#include "core/result.hpp"
#include "schema/fields.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

struct sqlite3;

namespace landfall::database {

enum class Engine { Sqlite, Postgres };

/// Bytes for a BLOB / BYTEA column.
struct Blob {
    std::string bytes;
};

/// A bound parameter or a column's value. Booleans travel as 0/1 integers, instants as microseconds, JSON as text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

/// Makes a Value of what repositories hold: integers, bool, double, text, Blob, strong ids, Timestamp, enumerations by
/// their `enum_names`, optional<T>.
Value value_of(std::nullptr_t);
template<typename T>
Value value_of(const T& v) {
    if constexpr (std::is_same_v<T, Value> || std::is_same_v<T, Blob>)
        return v;
    else if constexpr (schema::Enumerated<T>)
        return std::string(schema::enum_text(v));
    else if constexpr (std::is_integral_v<T>)
        return static_cast<std::int64_t>(v);
    else if constexpr (std::is_floating_point_v<T>)
        return static_cast<double>(v);
    else if constexpr (requires {
                           v.has_value();
                           *v;
                       })
        return v.has_value() ? value_of(*v) : Value{};
    else if constexpr (requires { v.str(); })
        return v.str();
    else if constexpr (requires { v.time_since_epoch().count(); })
        return static_cast<std::int64_t>(v.time_since_epoch().count());
    else
        return std::string(v);
}

/// One row of a result; columns by position from 0. Reading a NULL gives the type's zero value, except for optionals.
class Row {
public:
    virtual ~Row() = default;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    /// Valid until the visitor returns.
    virtual std::string_view text(int column) const = 0;
    virtual std::string blob(int column) const = 0;

    std::string str(int column) const { return std::string(text(column)); }
    bool boolean(int column) const { return integer(column) != 0; }
    std::optional<std::string> opt_str(int column) const;
    std::optional<std::int64_t> opt_integer(int column) const;
    std::optional<double> opt_real(int column) const;
};

using RowVisitor = std::function<void(const Row&)>;

template<typename T>
struct MadeOf {
    using Type = T;
};
template<typename T>
struct MadeOf<Result<T>> {
    using Type = T;
};
/// What a mapping makes of a row. It may answer with a Result: its first failure is that of the query.
template<typename Make>
using Made = typename MadeOf<std::invoke_result_t<Make, const Row&>>::Type;

/// Hands what `make` makes of a row to `take`, unless this row or one before it fails: then `sound` tells why.
template<typename Make, typename Take>
void map_row(const Row& row, Make& make, Status& sound, Take take) {
    if (!sound)
        return;
    auto made = make(row);
    if constexpr (std::is_same_v<decltype(made), Made<Make>>)
        take(std::move(made));
    else if (made)
        take(*std::move(made));
    else
        sound = fail(std::move(made).error());
}

/// A connection inside a transaction (or a read snapshot). Not thread-safe; never outlives the call that gave it.
/// SQL uses `?1, ?2, …` on both engines; statements are prepared once per connection and cached by their text.
/// Each call takes exactly one statement and exactly as many parameters as its highest number.
///
/// After a statement failed, every later one of the same transaction fails as well (Internal), and the transaction
/// cannot succeed: so it is on PostgreSQL, so we make it on SQLite. Where a violation is expected, ask with
/// `ON CONFLICT DO NOTHING` and the number of changed rows.
///
/// Types of parameters on PostgreSQL: an integer is int8, a real float8, a Blob bytea; text and NULL take the type
/// that the statement gives their place. Where it gives none (`?1 IS NULL`, `SELECT ?1`), text is text and NULL the
/// first of text, int8, float8 that fits. So these need no cast: VALUES (?1), col = ?1, LIMIT ?1, COALESCE(?1, col),
/// ?1 IS NULL OR col = ?1, text into JSONB. Write a cast for text whose place in the statement is of another type
/// by accident, and write `?1 <> 0` for a condition: a boolean travels as an integer.
/// Text must be UTF-8 without U+0000 (InvalidArgument). A statement ends after thirty seconds (DeadlineExceeded).
class Session {
public:
    virtual ~Session() = default;
    virtual Engine engine() const = 0;
    /// Runs a statement that returns no rows; gives the number of rows changed. Conflict on a unique or foreign-key
    /// violation (message names the constraint in `cause`), Unavailable when the database is busy or gone.
    virtual Result<std::int64_t> execute(std::string_view sql, std::vector<Value> parameters) = 0;
    virtual Status query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) = 0;
    /// `execute` for a statement that nothing is asked of but success. PostgreSQL takes it along with the next
    /// statement or with COMMIT, at no round trip of its own; what took it along then fails as it does, so no violation
    /// that a caller explains may come of it.
    virtual Status execute_later(std::string_view sql, std::vector<Value> parameters) {
        return execute(sql, std::move(parameters)).map([](std::int64_t) {});
    }

    /// The SQL of the engine at hand, where the two truly differ.
    std::string_view pick(std::string_view sqlite, std::string_view postgres) const {
        return engine() == Engine::Sqlite ? sqlite : postgres;
    }

    template<typename... Args>
    Result<std::int64_t> run(std::string_view sql, const Args&... args) {
        return execute(sql, {value_of(args)...});
    }
    template<typename... Args>
    Status run_later(std::string_view sql, const Args&... args) {
        return execute_later(sql, {value_of(args)...});
    }
    template<typename... Args>
    Status each(std::string_view sql, const RowVisitor& visit, const Args&... args) {
        return query(sql, {value_of(args)...}, visit);
    }
    /// The first row mapped by `make`, or nothing; the failure of `make`, if it fails.
    template<typename Make, typename... Args>
    auto first(std::string_view sql, Make make, const Args&... args) -> Result<std::optional<Made<Make>>> {
        std::optional<Made<Make>> found;
        Status sound;
        CHECK_OK(query(sql, {value_of(args)...}, [&](const Row& row) {
            if (!found)
                map_row(row, make, sound, [&](Made<Make> made) { found = std::move(made); });
        }));
        CHECK_OK(std::move(sound));
        return found;
    }
    /// Every row mapped by `make`; its first failure, if it fails.
    template<typename Make, typename... Args>
    auto all(std::string_view sql, Make make, const Args&... args) -> Result<std::vector<Made<Make>>> {
        std::vector<Made<Make>> rows;
        Status sound;
        CHECK_OK(query(sql, {value_of(args)...}, [&](const Row& row) {
            map_row(row, make, sound, [&](Made<Make> made) { rows.push_back(std::move(made)); });
        }));
        CHECK_OK(std::move(sound));
        return rows;
    }
};

/// A connection of its own, so that no crowd of readers keeps it waiting. Not thread-safe.
class Watch {
public:
    virtual ~Watch() = default;
    /// Runs `work` in a snapshot, unless it is certain that nothing was committed since `work` last succeeded: SQLite
    /// tells without a query, PostgreSQL only by one, so there it always runs. Unavailable if the connection broke; the
    /// next look opens another, so that whoever was told knows that it may be another server's.
    virtual Status look(const std::function<Status(Session&)>& work) = 0;
};

/// The database. All members are thread-safe.
class Database {
public:
    virtual ~Database() = default;
    virtual Engine engine() const = 0;

    /// Runs `work` in one durable transaction: committed if it succeeds, rolled back if it fails. `work` may run
    /// more than once (PostgreSQL: serialization failure, deadlock), so it must have no effect outside the session.
    /// On SQLite all writes share one writer thread and its group commit: `work` runs inside a savepoint, and this
    /// call returns after the fsync of the group. Never call it from inside `work`: that is Internal.
    /// On PostgreSQL the level is READ COMMITTED: what a decision rests on must be locked (`FOR UPDATE`), be the
    /// condition of an UPDATE, or a constraint. Unavailable also when the server is lost during COMMIT; whether the
    /// work is done is unknown then, so work that may be repeated carries a unique key.
    /// What `work` throws rolls back and is thrown to the caller.
    virtual Status write(const std::function<Status(Session&)>& work) = 0;
    /// Runs `work` on a reader with a consistent snapshot.
    virtual Status read(const std::function<Status(Session&)>& work) const = 0;

    /// For one thread that looks again and again at what others committed.
    virtual std::unique_ptr<Watch> watch() const = 0;

    /// `write` for work that has an answer.
    template<typename Work>
    auto write_for(Work work) -> std::invoke_result_t<Work, Session&> {
        std::optional<std::invoke_result_t<Work, Session&>> out;
        CHECK_OK(write([&](Session& session) -> Status {
            out.emplace(work(session));
            if (!*out)
                return tl::unexpected<Error>(out->error());
            return {};
        }));
        return std::move(*out);
    }
    template<typename Work>
    auto read_for(Work work) const -> std::invoke_result_t<Work, Session&> {
        std::optional<std::invoke_result_t<Work, Session&>> out;
        CHECK_OK(read([&](Session& session) -> Status {
            out.emplace(work(session));
            if (!*out)
                return tl::unexpected<Error>(out->error());
            return {};
        }));
        return std::move(*out);
    }
};

/// Adds functions of one's own to a SQLite connection that was just opened: the writer's, each reader's, the
/// migrations'.
using SqliteExtension = void (*)(sqlite3*);

/// What opening may do to the schema. Whoever runs beside servers that are older must not change it under them.
enum class SchemaChange {
    None,    ///< an older one is refused
    Begin,   ///< made where there is none; an older one is refused
    Upgrade, ///< brought up to date
};

struct DatabaseOptions {
    /// `sqlite:/path/to/file.db`, or a libpq conninfo / `postgresql://` URL.
    std::string url;
    int readers = 4; ///< connections that read at a time; on PostgreSQL as many more write
    SchemaChange schema = SchemaChange::Upgrade;
    SqliteExtension extend_sqlite = nullptr;
};

/// The newest migration applied to a database, 0 for one without any; changes nothing. NotFound when the SQLite file
/// is missing.
Result<int> schema_version(const std::string& url);

} // namespace landfall::database
