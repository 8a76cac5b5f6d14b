#include "catalog/search/item_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::catalog {
namespace {

using Type = ValueType;

/// The value of a sort term as a mark.
std::string bind_key(SqlWriter& out, const OrderTerm& term, const FilterValue& key) {
    if (const auto* text = std::get_if<std::string>(&key); text != nullptr && term.type == Type::Decimal)
        return fmt::format("CAST({} AS NUMERIC)", out.bind(*text));
    const auto mark = term.type == Type::Decimal ? bind_exactly(out, key) : bind_as(out, term.type, key);
    return mark.value_or("NULL");
}

using Keys = std::vector<FilterValue>;

/// Whether rows are ordered by one column that is always present, and by their ids in its direction.
bool is_pair(const std::vector<OrderTerm>& terms, const Keys& keys) {
    return terms.size() == 2 && keys.size() == 2 && !terms.front().nullable && terms[0].falls() == terms[1].falls();
}

/// Of such an order: both compared at once, as an index can.
std::string behind_pair(SqlWriter& out, const std::vector<OrderTerm>& terms, const Keys& keys) {
    const std::string first = bind_key(out, terms[0], keys[0]);
    return fmt::format(" AND ({}, k.id){}({}, {})", terms[0].expression, terms[0].falls() ? " < " : " > ", first,
                       bind_key(out, terms[1], keys[1]));
}

} // namespace

bool order_needs_item_row(const ItemQuery& query) {
    return std::ranges::any_of(query.sort, [](const ItemSort& term) { return needs_item_row(term.field); });
}

std::vector<OrderTerm> order_terms(SqlWriter& out, const std::vector<ItemSort>& sort) {
    std::vector<OrderTerm> terms;
    if (sort.empty())
        terms.push_back({"k.created_at", " DESC", Type::Instant});
    for (const ItemSort& term : sort) {
        const std::string_view direction = term.descending ? " DESC NULLS LAST" : " ASC NULLS LAST";
        if (const Column* column = column_of(term.field)) {
            const std::string_view plain = term.descending ? " DESC" : " ASC";
            terms.push_back(
                {std::string(column->sql), column->nullable ? direction : plain, column->type, column->nullable});
            continue;
        }
        const Property property(out, term.field.path);
        if (!property.known())
            continue;
        terms.push_back({fmt::format("CASE WHEN {} THEN {} END", property.is_number(), property.number()), direction,
                         Type::Decimal, true});
        terms.push_back({fmt::format("CASE WHEN {} THEN {} END", property.is_text(), property.text()), direction,
                         Type::Text, true});
    }
    terms.push_back({"k.id", sort.empty() || sort.back().descending ? " DESC" : " ASC"});
    return terms;
}

std::string begin_after(SqlWriter& out, const ItemQuery& query, const SearchScope& scope) {
    if (!scope.after || order_needs_item_row(query))
        return "";
    const auto terms = order_terms(out, query.sort);
    return is_pair(terms, scope.after->keys) ? behind_pair(out, terms, scope.after->keys) : "";
}

std::string write_after(SqlWriter& out, const ItemQuery& query, const SearchScope& scope) {
    const auto terms = order_terms(out, query.sort);
    const auto& keys = scope.after->keys;
    if (terms.size() != keys.size())
        return " AND 1 = 0";
    if (is_pair(terms, keys))
        return behind_pair(out, terms, keys);
    std::string equal;
    std::vector<std::string> ways;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const OrderTerm& term = terms[i];
        if (std::holds_alternative<std::monostate>(keys[i])) {
            equal += fmt::format("{} IS NULL AND ", term.expression);
            continue;
        }
        const std::string mark = bind_key(out, term, keys[i]);
        const std::string behind = fmt::format("{}{}{}", term.expression, term.falls() ? " < " : " > ", mark);
        ways.push_back(equal + (term.nullable ? fmt::format("({} OR {} IS NULL)", behind, term.expression) : behind));
        equal += fmt::format("{} = {} AND ", term.expression, mark);
    }
    return fmt::format(" AND ({})", any_of(ways));
}

} // namespace landfall::catalog
