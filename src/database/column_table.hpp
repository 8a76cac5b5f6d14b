#pragma once
/// The column table of a row: as the field table stands beside a struct that is spoken, this one stands beside a struct
/// that is stored. Insert, select, update, binding and reading follow from it (`database/table_rows.hpp`).
///
///     struct ProjectRow { ProjectId id; std::string name; Timestamp created_at{}; std::int64_t item_count = 0; };
///     constexpr auto columns(Of<ProjectRow>) {
///         using R = ProjectRow;
///         using enum Use;
///         return table("project", column("id", &R::id, Key), column("name", &R::name, Mutable),
///                      column("created_at", &R::created_at), joined("(SELECT count(*) …)", &R::item_count));
///     }
///
/// A member is what `value_of` takes: text, integers, bool, double, Timestamp, strong ids, enumerations by their
/// `enum_names`, and std::optional of them for what may be NULL.

#include "schema/fields.hpp"

#include <string_view>

namespace landfall::database {

using schema::Of;

/// What writes a column.
enum class Use {
    Key,       ///< names the row: an update asks for it in its WHERE
    Fixed,     ///< the insert; afterwards only statements that name it
    Mutable,   ///< the insert and the update
    Counted,   ///< the insert; an update adds one
    Generated, ///< the database itself
    Joined,    ///< nothing: read from another table
};

/// Where a column's value lies: in a member of the row,
template<typename T, typename M>
struct Member {
    M T::* member;
};
/// in a member of a member, which may be optional: then it is NULL with all its columns or with none,
template<typename T, typename O, typename I, typename M>
struct Inner {
    O T::* outer;
    M I::* member;
};
/// beside the row, given to `insert_values` and `update_values` after it and not read with it,
struct Beside {};
/// or in the statement: an SQL expression that the insert writes.
struct Given {
    std::string_view expression;
};

template<typename Source>
struct Column {
    std::string_view name; ///< Joined: the expression that is read
    Use use;
    Source source;
};

template<typename T, typename M>
constexpr Column<Member<T, M>> column(std::string_view name, M T::* member, Use use = Use::Fixed) {
    return {name, use, {member}};
}
template<typename T, typename O, typename I, typename M>
constexpr Column<Inner<T, O, I, M>> column(std::string_view name, O T::* outer, M I::* member, Use use = Use::Fixed) {
    return {name, use, {outer, member}};
}
/// Read only, from an expression over the joined tables or a subselect.
template<typename T, typename M>
constexpr Column<Member<T, M>> joined(std::string_view expression, M T::* member) {
    return {expression, Use::Joined, {member}};
}
constexpr Column<Beside> beside(std::string_view name, Use use = Use::Fixed) {
    return {name, use, {}};
}
constexpr Column<Given> given(std::string_view name, std::string_view expression) {
    return {name, Use::Fixed, {expression}};
}
/// A column that no statement writes and no row shows.
constexpr Column<Beside> generated(std::string_view name) {
    return {name, Use::Generated, {}};
}

template<typename... Columns>
struct Table {
    std::string_view name;
    bool is_whole; ///< whether it names every column of the table
    schema::List<Columns...> columns;
};

/// Every column of a table; a test holds it against the schema.
template<typename... Columns>
constexpr Table<Columns...> table(std::string_view name, Columns... columns) {
    return {name, true, schema::make_list(columns...)};
}
/// Some columns of a table, for what reads or writes only them. It is not inserted.
template<typename... Columns>
constexpr Table<Columns...> excerpt(std::string_view name, Columns... columns) {
    return {name, false, schema::make_list(columns...)};
}

template<typename T>
concept Tabled = requires { columns(Of<T>{}); };

template<Tabled Row>
inline constexpr auto table_of = columns(Of<Row>{});

/// Calls `visit(column)` for each column of the row's table, in its order.
template<Tabled Row, typename Visit>
constexpr void each_column(Visit visit) {
    schema::apply([&](const auto&... column) { (visit(column), ...); }, table_of<Row>.columns);
}

template<typename Source>
inline constexpr bool is_member = true;
template<>
inline constexpr bool is_member<Beside> = false;
template<>
inline constexpr bool is_member<Given> = false;

constexpr bool is_inserted(Use use) {
    return use != Use::Generated && use != Use::Joined;
}

} // namespace landfall::database
