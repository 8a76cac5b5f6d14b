#pragma once
/// The prepared statements of one PostgreSQL connection, and how their parameters are typed.

#include "database/database.hpp"
#include "database/postgres_sql.hpp"

#include <array>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace landfall::database {

/// PostgreSQL's number of a type; 0 lets the server infer it from the statement.
using TypeOid = unsigned int;

/// The ways to type a statement's parameters, tried in this order until the server accepts one:
/// integers as int8, reals as float8, blobs as bytea; text and NULL as the server infers them; then, when it cannot
/// (`?1 IS NULL`), text as text and NULL as text, int8, float8; last, integers inferred too (arguments of type int4).
enum class Typing { Inferred, NullAsText, NullAsInteger, NullAsReal, AllInferred };

inline constexpr std::array kTypings{Typing::Inferred, Typing::NullAsText, Typing::NullAsInteger, Typing::NullAsReal,
                                     Typing::AllInferred};

std::vector<TypeOid> types_of(const std::vector<Value>& parameters, Typing typing);

/// Whether another typing may help a statement that the server refused to prepare with this SQLSTATE.
bool is_typing_failure(std::string_view state);

/// One prepared statement. A statement whose parameters come in several types is prepared once for each.
struct PostgresStatement {
    std::string name;
    std::vector<TypeOid> types; ///< as declared
    std::string kinds;          ///< what it was first used with, one letter a parameter; `n` for NULL
};

/// Which statements a connection has prepared; the least recently used go first. Not thread-safe.
class PostgresStatements {
public:
    explicit PostgresStatements(std::size_t capacity) : capacity_(capacity) {}

    /// The rewritten text of a statement.
    const PostgresSql& text_of(std::string_view sql);
    /// A statement that takes these parameters, if one was prepared. A NULL fits any type.
    const PostgresStatement* find(std::string_view sql, const std::vector<Value>& parameters);
    std::string new_name();
    const PostgresStatement& add(std::string_view sql, PostgresStatement statement);
    /// Names of the statements that were dropped from here since the last call, to deallocate.
    std::vector<std::string> take_dropped();
    std::size_t size() const { return size_; }

private:
    struct Entry {
        std::string sql;
        PostgresSql text;
        std::list<PostgresStatement> variants;
    };
    Entry& entry(std::string_view sql);
    void evict();

    std::size_t capacity_;
    std::size_t size_ = 0;
    std::size_t names_ = 0;
    std::list<Entry> entries_; // the latest used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;
    std::vector<std::string> dropped_;
};

/// The kinds of values, one letter each: n, i, r, t, b.
std::string kinds_of(const std::vector<Value>& parameters);

} // namespace landfall::database
