#pragma once
/// From an ItemQuery to SQL conditions over `item_key k`, `item i` and, on SQLite, `item_outline`.

#include "catalog/search/item_paging.hpp"
#include "catalog/vocabulary.hpp"
#include "schema/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

/// SQL under construction and the values bound in it.
class SqlWriter {
public:
    explicit SqlWriter(Engine engine) : engine_(engine) {}
    Engine engine() const { return engine_; }
    bool sqlite() const { return engine_ == Engine::Sqlite; }
    /// The mark of a newly bound value: `?7`.
    std::string bind(Value value);
    /// `?1, ?2, …` of many.
    std::string bind_list(const std::vector<std::int64_t>& numbers);
    /// A subselect of many texts, which are one bound value: SQLite takes a time that grows with the square of the
    /// number of values.
    std::string bind_set(const Json& texts);
    SqlWriter& operator<<(std::string_view sql) {
        text += sql;
        return *this;
    }
    std::string text;
    std::vector<Value> values;

private:
    Engine engine_;
};

/// What a query narrows down to before SQL is made of it: numbers for ids.
struct SearchScope {
    std::vector<std::int64_t> projects;
    std::optional<std::vector<std::int64_t>> collections; ///< 0 stands for none
    std::vector<std::int64_t> known_collections;          ///< of the projects that hold items, 0 included
    std::int64_t items = 0;                               ///< live ones in the projects
    std::int64_t items_in_collections = 0;
    std::int64_t version = 0;          ///< of the projects' items
    std::int64_t longest_span_us = 0;  ///< no item lasts longer
    std::int64_t created_slack_us = 0; ///< SQLite: an item with a higher number was created at most so much earlier
    std::optional<ItemCursor> after;   ///< only what the order puts behind it
};

/// Whether a condition, or the order, needs the wide row `i`.
bool needs_item_row(const ItemQuery& query);
bool needs_item_row(const ItemField& field);
/// A list of ids as `SqlWriter::bind_set` takes it.
template<typename Id>
Json set_of(const std::vector<Id>& ids) {
    Json set = Json::array();
    for (const Id& id : ids)
        set.push(id.str());
    return set;
}
/// How many conditions the filters hold.
std::size_t count_conditions(const std::vector<ItemFilter>& filters);
/// The place that is asked for as boxes that do not cross the antimeridian; nothing: anywhere.
std::optional<std::vector<geo::Bounds>> boxes_of(const ItemQuery& query);

/// `AND …` for everything the query asks but the projects, exact on every row: what `item_key` answers alone, and
/// what needs the wide row.
void write_conditions(SqlWriter& out, const ItemQuery& query, const SearchScope& scope);
void write_wide_conditions(SqlWriter& out, const ItemQuery& query, const SearchScope& scope);
/// What the values of a column or property are.
enum class ValueType {
    Text,
    Number,
    Instant,
    Decimal ///< a number of a property, which no two engines hold alike
};

/// What rows are ordered by: an expression and its direction. The last one is `id`, the tie-breaker.
struct OrderTerm {
    std::string expression;
    std::string_view direction; ///< " ASC", " DESC NULLS LAST", …
    ValueType type = ValueType::Text;
    bool nullable = false;
    bool falls() const { return direction.starts_with(" DESC"); }
};
std::vector<OrderTerm> order_terms(SqlWriter& out, const std::vector<ItemSort>& sort);
/// Whether the order needs the wide row `i`.
bool order_needs_item_row(const ItemQuery& query);
/// ` AND …` for what the order puts behind the scope's cursor: rows that equal it in the first terms and come behind it
/// in the next one.
std::string write_after(SqlWriter& out, const ItemQuery& query, const SearchScope& scope);
/// ` AND …` of an order by one present column and the id: an index begins there. Empty where there is no such, or no
/// `after`.
std::string begin_after(SqlWriter& out, const ItemQuery& query, const SearchScope& scope);

} // namespace landfall::catalog
