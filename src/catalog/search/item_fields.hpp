#pragma once
/// What names of a query mean in SQL: columns of `item_key k` and `item i`, and properties; and values bound as they
/// are compared.

#include "catalog/search/item_filter.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct Column {
    std::string_view name;
    std::string_view sql;
    ValueType type;
    bool nullable;
    bool spoken = true; ///< clients may name it so
};
/// Nothing for a property.
const Column* column_of(const ItemField& field);

/// Of conditions; none holds of none.
std::string any_of(const std::vector<std::string>& parts);

/// The number as a property is compared with it, exact on both engines: no integer may pass for its neighbour.
/// Nothing for a value that is none. SQLite compares integers with reals as they are; a decimal of PostgreSQL is made
/// of the shortest text, as properties are written.
std::optional<std::string> bind_exactly(SqlWriter& out, const FilterValue& value);
/// The value bound as one of the column's type; nothing if it is of another, which no value of the column equals.
std::optional<std::string> bind_as(SqlWriter& out, ValueType type, const FilterValue& value);

/// A property by its path: the engine's expressions for its kind and its value. Names that JSON paths cannot quote
/// the same way on both engines are never found.
class Property {
public:
    Property(SqlWriter& out, const std::vector<std::string>& path) : sqlite_(out.sqlite()) {
        std::string text = sqlite_ ? "$" : "{";
        for (const std::string& name : path) {
            known_ = known_ && name.find_first_of("\"\\") == std::string::npos && !name.empty();
            if (sqlite_)
                text += ".\"" + name + "\"";
            else
                text += (text.size() > 1 ? ",\"" : "\"") + name + "\"";
        }
        if (!known_ || path.empty() || path.size() > 8)
            known_ = false;
        else
            mark_ = out.bind(sqlite_ ? text : text + "}");
    }
    bool known() const { return known_; }
    std::string kind() const {
        return sqlite_ ? fmt::format("coalesce(json_type(i.properties, {}), 'null')", mark_)
                       : fmt::format("coalesce(jsonb_typeof({}), 'null')", node());
    }
    std::string text() const {
        return sqlite_ ? fmt::format("json_extract(i.properties, {})", mark_)
                       : fmt::format("({} #>> '{{}}') COLLATE \"C\"", node());
    }
    std::string number() const {
        return sqlite_ ? fmt::format("json_extract(i.properties, {})", mark_)
                       : fmt::format("CAST({} #>> '{{}}' AS NUMERIC)", node());
    }
    std::string is_number() const { return kind() + (sqlite_ ? " IN ('integer', 'real')" : " = 'number'"); }
    std::string is_text() const { return kind() + (sqlite_ ? " = 'text'" : " = 'string'"); }
    std::string is_bool() const { return kind() + (sqlite_ ? " IN ('true', 'false')" : " = 'boolean'"); }
    std::string is(bool value) const {
        return sqlite_ ? fmt::format("{} = '{}'", kind(), value)
                       : fmt::format("CASE WHEN {} THEN {} = '{}' ELSE FALSE END", is_bool(), text(), value);
    }

private:
    std::string node() const { return fmt::format("(CAST(i.properties AS JSONB) #> CAST({} AS TEXT[]))", mark_); }
    bool sqlite_;
    bool known_ = true;
    std::string mark_;
};

} // namespace landfall::catalog
