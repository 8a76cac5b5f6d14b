#pragma once
/// How repositories list their columns once: a tuple of a row's fields, read from a result and bound to a statement
/// in the same order as the column list of the SQL.

#include "core/time.hpp"
#include "database/database.hpp"
#include "database/sql_text.hpp"
#include "schema/fields.hpp"

#include <tuple>
#include <type_traits>
#include <utility>

namespace landfall::database {

/// `?1, ?2, …`: one mark for each name of a column list.
template<SqlText columns>
inline constexpr auto marks_of = [] {
    std::array<char, sizeof(columns.text) * 6> out{};
    std::size_t at = 0;
    int count = 0;
    const auto mark = [&] {
        ++count;
        out[at++] = '?';
        if (count >= 10)
            out[at++] = static_cast<char>('0' + count / 10);
        out[at++] = static_cast<char>('0' + count % 10);
    };
    mark();
    for (const char c : columns.text) {
        if (c != ',')
            continue;
        out[at++] = ',';
        mark();
    }
    return std::pair(out, at);
}();
template<SqlText columns>
inline constexpr std::string_view marks{marks_of<columns>.first.data(), marks_of<columns>.second};

template<SqlText table, SqlText columns, SqlText tail>
inline constexpr auto insert_text = [] {
    constexpr std::string_view head = sql<"INSERT INTO ", table, " (", columns, ") VALUES (">;
    constexpr std::string_view values = marks<columns>;
    constexpr std::string_view end = sql<")", tail>;
    std::array<char, head.size() + values.size() + end.size()> out{};
    std::size_t at = 0;
    for (const std::string_view part : {head, values, end})
        for (const char c : part)
            out[at++] = c;
    return out;
}();
/// A statement that inserts one row, with a clause behind it: `upsert_sql<"job", kColumns, " ON CONFLICT …">`.
template<SqlText table, SqlText columns, SqlText tail>
inline constexpr std::string_view upsert_sql{insert_text<table, columns, tail>.data(),
                                             insert_text<table, columns, tail>.size()};
/// A statement that inserts one row: `insert_sql<"project", kColumns>`.
template<SqlText table, SqlText columns>
inline constexpr std::string_view insert_sql = upsert_sql<table, columns, "">;

template<typename T>
struct IsOptional : std::false_type {};
template<typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// Reads one column. An enumeration is stored by its name: of its `enum_names`, else by `parse_column(text, T&)` of its
/// own header or file.
template<typename T>
void load_column(const Row& row, int column, T& out) {
    if constexpr (IsOptional<T>::value) {
        out.reset();
        if (!row.is_null(column))
            load_column(row, column, out.emplace());
    } else if constexpr (std::is_same_v<T, bool>) {
        out = row.boolean(column);
    } else if constexpr (std::is_integral_v<T>) {
        out = static_cast<T>(row.integer(column));
    } else if constexpr (std::is_floating_point_v<T>) {
        out = row.real(column);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
        out = from_micros(row.integer(column));
    } else if constexpr (schema::Enumerated<T>) {
        out = schema::enum_value<T>(row.text(column)).value_or(T{});
    } else if constexpr (std::is_enum_v<T>) {
        parse_column(row.text(column), out);
    } else {
        out = T(row.text(column));
    }
}

/// A parameter of one field; an enumeration by its `enum_names`, else by `column_name(value)`.
template<typename T>
Value store_column(const T& value) {
    if constexpr (schema::Enumerated<T>)
        return std::string(schema::enum_text(value));
    else if constexpr (std::is_enum_v<T>)
        return std::string(column_name(value));
    else
        return value_of(value);
}

/// Reads columns 0, 1, … into the fields.
template<typename... Fields>
void load_fields(const Row& row, std::tuple<Fields&...> fields) {
    int column = 0;
    std::apply([&](auto&... field) { (load_column(row, column++, field), ...); }, fields);
}

/// Parameters ?1, ?2, … of the fields, then of what follows.
template<typename... Fields, typename... More>
std::vector<Value> bind_fields(const std::tuple<const Fields&...>& fields, const More&... more) {
    std::vector<Value> values;
    values.reserve(sizeof...(Fields) + sizeof...(More));
    std::apply([&](const auto&... field) { (values.push_back(store_column(field)), ...); }, fields);
    (values.push_back(store_column(more)), ...);
    return values;
}

/// A reader of whole rows, for `Session::first` and `Session::all`: `fields_of(T&)` gives the tuple.
template<typename T>
T read_row(const Row& row) {
    T out;
    load_fields(row, fields_of(out));
    return out;
}

/// Whether a conditional update changed its row.
inline Result<bool> changed(Result<std::int64_t> rows) {
    if (!rows)
        return fail(std::move(rows).error());
    return *rows > 0;
}
/// A result without its answer.
template<typename T>
Status done(const Result<T>& result) {
    if (!result)
        return fail(result.error());
    return {};
}

} // namespace landfall::database
