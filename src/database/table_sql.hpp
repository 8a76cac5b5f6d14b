#pragma once
/// Statements that follow from a column table, as parts for `sql<…>` or as they are.

#include "database/column_table.hpp"
#include "database/sql_text.hpp"

namespace landfall::database {

/// Puts a separator before every part but the first.
class Separated {
public:
    constexpr explicit Separated(std::string_view separator) : separator_(separator) {}
    constexpr void next(auto& out) {
        out.add(is_first_ ? std::string_view() : separator_);
        is_first_ = false;
    }

private:
    std::string_view separator_;
    bool is_first_ = true;
};

/// Visits what lies in the row first, then what is given beside it: the order in which values are bound.
template<Tabled Row, typename Visit>
constexpr void each_bound(Visit visit) {
    each_column<Row>([&]<typename Source>(const Column<Source>& column) {
        if constexpr (is_member<Source>)
            visit(column);
    });
    each_column<Row>([&]<typename Source>(const Column<Source>& column) {
        if constexpr (!is_member<Source>)
            visit(column);
    });
}

template<Tabled Row, SqlText alias>
struct NamesOf {
    static constexpr void write(auto& out) {
        Separated list(", ");
        each_column<Row>([&]<typename Source>(const Column<Source>& column) {
            if constexpr (is_member<Source>) {
                list.next(out);
                if (column.use != Use::Joined && !alias.view().empty()) {
                    out.add(alias);
                    out.add(".");
                }
                out.add(column.name);
            }
        });
    }
};

template<Tabled Row, SqlText alias>
struct SelectFrom {
    static constexpr void write(auto& out) {
        out.add("SELECT ");
        NamesOf<Row, alias>::write(out);
        out.add(" FROM ");
        out.add(table_of<Row>.name);
        if (!alias.view().empty()) {
            out.add(" ");
            out.add(alias);
        }
    }
};

template<Tabled Row>
struct InsertInto {
    static_assert(table_of<Row>.is_whole, "an excerpt does not know every column that an insert must write");

    template<typename Out, typename Source>
    static constexpr void write_value(Out& out, const Column<Source>& column, int& number) {
        if constexpr (std::is_same_v<Source, Given>)
            out.add(column.source.expression);
        else
            add_mark(out, ++number);
    }
    static constexpr void write(auto& out) {
        out.add("INSERT INTO ");
        out.add(table_of<Row>.name);
        out.add(" (");
        Separated names(", ");
        each_bound<Row>([&](const auto& column) {
            if (!is_inserted(column.use))
                return;
            names.next(out);
            out.add(column.name);
        });
        out.add(") VALUES (");
        Separated values(", ");
        int number = 0;
        each_bound<Row>([&](const auto& column) {
            if (!is_inserted(column.use))
                return;
            values.next(out);
            write_value(out, column, number);
        });
        out.add(")");
    }
};

template<Tabled Row>
constexpr int count_columns(Use use) {
    int count = 0;
    each_column<Row>([&](const auto& column) { count += column.use == use ? 1 : 0; });
    return count;
}

template<Tabled Row>
struct UpdateOf {
    static_assert(count_columns<Row>(Use::Key) > 0, "an update needs a key");

    static constexpr void write(auto& out) {
        out.add("UPDATE ");
        out.add(table_of<Row>.name);
        out.add(" SET ");
        Separated list(", ");
        int number = count_columns<Row>(Use::Key);
        each_bound<Row>([&](const auto& column) {
            if (column.use != Use::Mutable && column.use != Use::Counted)
                return;
            list.next(out);
            out.add(column.name);
            out.add(" = ");
            if (column.use == Use::Mutable) {
                add_mark(out, ++number);
            } else {
                out.add(column.name);
                out.add(" + 1");
            }
        });
        out.add(" WHERE ");
        Separated keys(" AND ");
        number = 0;
        each_column<Row>([&](const auto& column) {
            if (column.use != Use::Key)
                return;
            keys.next(out);
            out.add(column.name);
            out.add(" = ");
            add_mark(out, ++number);
        });
    }
};

template<Tabled Row, int further>
struct UpdateMark {
    static constexpr void write(auto& out) {
        add_mark(out, count_columns<Row>(Use::Key) + count_columns<Row>(Use::Mutable) + further);
    }
};

/// `a.id, a.name, o.size`: the columns that `read_as<Row>` reads, in its order.
template<Tabled Row, SqlText alias = "">
inline constexpr SqlText names_of = text_of<NamesOf<Row, alias>>;
/// `SELECT a.id, a.name, o.size FROM asset a`.
template<Tabled Row, SqlText alias = "">
inline constexpr SqlText select_from = text_of<SelectFrom<Row, alias>>;
/// `INSERT INTO project (id, name) VALUES (?1, ?2)`, bound by `insert_values`.
template<Tabled Row>
inline constexpr SqlText insert_into = text_of<InsertInto<Row>>;
/// `UPDATE project SET name = ?2, version = version + 1 WHERE id = ?1`, bound by `update_values`. Conditions may
/// follow.
template<Tabled Row>
inline constexpr SqlText update_of = text_of<UpdateOf<Row>>;
/// The mark of the first, second, … further value that is given to `update_values`, for those conditions.
template<Tabled Row, int further>
inline constexpr SqlText update_mark = text_of<UpdateMark<Row, further>>;

} // namespace landfall::database
