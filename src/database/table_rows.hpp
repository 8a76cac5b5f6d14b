#pragma once
/// Rows by their column tables: read from a result, bound to a statement.

#include "core/time.hpp"
#include "database/column_table.hpp"
#include "database/database.hpp"
#include "database/table_sql.hpp"
#include "schema/fields.hpp"

#include <string>
#include <type_traits>
#include <utility>

namespace landfall::database {

/// The failure of a stored text that none of the program's names is.
tl::unexpected<Error> unknown_name(std::string_view table, std::string_view column, std::string_view text);

/// Reads one column. False: its text is none of the enumeration's names.
template<typename T>
bool load(const Row& row, int at, T& out) {
    if constexpr (schema::is_optional<T>) {
        out.reset();
        return row.is_null(at) || load(row, at, out.emplace());
    } else if constexpr (schema::Enumerated<T>) {
        const auto value = schema::enum_value<T>(row.text(at));
        out = value.value_or(T{});
        return value.has_value();
    } else if constexpr (std::is_same_v<T, bool>) {
        out = row.boolean(at);
    } else if constexpr (std::is_integral_v<T>) {
        out = static_cast<T>(row.integer(at));
    } else if constexpr (std::is_floating_point_v<T>) {
        out = row.real(at);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
        out = from_micros(row.integer(at));
    } else {
        static_assert(!std::is_enum_v<T>, "an enumeration is stored by its enum_names");
        out = T(row.text(at));
    }
    return true;
}

template<typename T, typename M, typename R>
bool load_from(const Row& row, int at, const Member<T, M>& source, R& out) {
    return load(row, at, out.*(source.member));
}
template<typename T, typename O, typename I, typename M, typename R>
bool load_from(const Row& row, int at, const Inner<T, O, I, M>& source, R& out) {
    auto& outer = out.*(source.outer);
    if constexpr (schema::is_optional<O>) {
        if (row.is_null(at)) {
            outer.reset();
            return true;
        }
        if (!outer)
            outer.emplace();
        return load(row, at, (*outer).*(source.member));
    } else {
        return load(row, at, outer.*(source.member));
    }
}

template<Tabled T>
Result<T> read_columns(const Row& row) {
    Result<T> out{T{}};
    int at = 0;
    int unknown = -1;
    std::string_view name;
    each_column<T>([&]<typename Source>(const Column<Source>& column) {
        if constexpr (is_member<Source>) {
            if (!load_from(row, at, column.source, *out) && unknown < 0) {
                unknown = at;
                name = column.name;
            }
            ++at;
        }
    });
    if (unknown >= 0)
        return unknown_name(table_of<T>.name, name, row.text(unknown));
    return out;
}

/// A row as its column table says, of a statement that selects or returns `names_of<T>`; of any other type the only
/// column. For `Session::first` and `Session::all`. Internal, naming table and column, if a stored name is unknown.
template<typename T>
Result<T> read_as(const Row& row) {
    if constexpr (Tabled<T>) {
        return read_columns<T>(row);
    } else {
        T out{};
        if (!load(row, 0, out))
            return unknown_name("", "", row.text(0));
        return out;
    }
}

template<typename T, typename M, typename R>
Value value_in(const Member<T, M>& source, const R& row) {
    return value_of(row.*(source.member));
}
template<typename T, typename O, typename I, typename M, typename R>
Value value_in(const Inner<T, O, I, M>& source, const R& row) {
    const auto& outer = row.*(source.outer);
    if constexpr (schema::is_optional<O>)
        return outer ? value_of((*outer).*(source.member)) : Value{};
    else
        return value_of(outer.*(source.member));
}

/// How many values beside the row a statement takes that writes columns of these uses.
template<Tabled Row>
constexpr std::size_t count_beside(bool (*writes)(Use)) {
    std::size_t count = 0;
    each_column<Row>([&]<typename Source>(const Column<Source>& column) {
        if constexpr (std::is_same_v<Source, Beside>)
            count += writes(column.use) ? 1 : 0;
    });
    return count;
}

/// Adds the row's own values of the columns that `writes` picks.
template<Tabled R>
void add_values(std::vector<Value>& values, const R& row, bool (*writes)(Use)) {
    each_column<R>([&]<typename Source>(const Column<Source>& column) {
        if constexpr (is_member<Source>)
            if (writes(column.use))
                values.push_back(value_in(column.source, row));
    });
}

/// Parameters of `insert_into<R>`: the row's, then those that stand beside it in the order of the table.
template<Tabled R, typename... Besides>
std::vector<Value> insert_values(const R& row, const Besides&... besides) {
    static_assert(sizeof...(Besides) == count_beside<R>(is_inserted), "one value for each column beside the row");
    std::vector<Value> values;
    values.reserve(decltype(table_of<R>.columns)::kSize);
    add_values(values, row, is_inserted);
    (values.push_back(value_of(besides)), ...);
    return values;
}

/// Parameters of `update_of<R>`: the keys, what may change, what stands beside the row and may change, then those of
/// the conditions behind it (`update_mark`).
template<Tabled R, typename... More>
std::vector<Value> update_values(const R& row, const More&... more) {
    constexpr auto is_key = [](Use use) { return use == Use::Key; };
    constexpr auto is_mutable = [](Use use) { return use == Use::Mutable; };
    static_assert(sizeof...(More) >= count_beside<R>(is_mutable), "one value for each column beside the row");
    std::vector<Value> values;
    values.reserve(decltype(table_of<R>.columns)::kSize + sizeof...(More));
    add_values(values, row, is_key);
    add_values(values, row, is_mutable);
    (values.push_back(value_of(more)), ...);
    return values;
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
