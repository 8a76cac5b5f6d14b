#include "catalog/search/item_fields.hpp"
#include "geo/outline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::catalog {
namespace {

using Type = ValueType;

/// Of the four that tell an order.
std::string_view operator_of(Comparison comparison) {
    switch (comparison) {
    case Comparison::Lt:
        return " < ";
    case Comparison::Lte:
        return " <= ";
    case Comparison::Gt:
        return " > ";
    default:
        return " >= ";
    }
}

bool is_text_search(Comparison comparison) {
    return comparison == Comparison::StartsWith || comparison == Comparison::EndsWith ||
           comparison == Comparison::Contains || comparison == Comparison::Like;
}

/// `expression` compared with text, both being text.
std::string compare_text(SqlWriter& out, const std::string& expression, Comparison comparison,
                         const std::string& value) {
    if (!is_text_search(comparison))
        return fmt::format("{}{}{}", expression, operator_of(comparison), out.bind(value));
    if (value.empty() && comparison != Comparison::Like)
        return "1 = 1";
    const std::string mark = fmt::format("CAST({} AS TEXT)", out.bind(value));
    if (comparison == Comparison::Like)
        return out.sqlite() ? fmt::format("text_like({}, {})", expression, mark)
                            : fmt::format("{} LIKE {} ESCAPE '\\'", expression, mark);
    if (comparison == Comparison::Contains)
        return fmt::format("{}({}, {}) > 0", out.sqlite() ? "instr" : "strpos", expression, mark);
    if (comparison == Comparison::StartsWith)
        return fmt::format("substr({0}, 1, length({1})) = {1}", expression, mark);
    return out.sqlite() ? fmt::format("substr({0}, -length({1})) = {1}", expression, mark)
                        : fmt::format("right({0}, length({1})) = {1}", expression, mark);
}

std::string equals_any(const std::string& expression, const std::vector<std::string>& marks) {
    if (marks.empty())
        return "1 = 0";
    return marks.size() == 1 ? fmt::format("{} = {}", expression, marks.front())
                             : fmt::format("{} IN ({})", expression, fmt::join(marks, ", "));
}

std::vector<std::string> bind_all(SqlWriter& out, Type type, const std::vector<FilterValue>& values) {
    std::vector<std::string> marks;
    for (const FilterValue& value : values)
        if (auto mark = bind_as(out, type, value))
            marks.push_back(*std::move(mark));
    return marks;
}

std::string column_equals(SqlWriter& out, const Column& column, const std::vector<FilterValue>& values) {
    return equals_any(std::string(column.sql), bind_all(out, column.type, values));
}

std::string compare_column(SqlWriter& out, const Column& column, Comparison comparison, const FilterValue& value) {
    const std::string expression(column.sql);
    if (column.type == Type::Text) {
        const auto* text = std::get_if<std::string>(&value);
        return text != nullptr ? compare_text(out, expression, comparison, *text) : "1 = 0";
    }
    if (is_text_search(comparison))
        return "1 = 0";
    const auto mark = bind_as(out, column.type, value);
    return mark ? fmt::format("{}{}{}", expression, operator_of(comparison), *mark) : "1 = 0";
}

/// Values of each type are compared with what is of that type.
std::string property_equals(SqlWriter& out, const Property& property, const std::vector<FilterValue>& values) {
    std::vector<std::string> parts;
    for (const bool flag : {false, true})
        if (std::ranges::find(values, FilterValue(flag)) != values.end())
            parts.push_back(property.is(flag));
    if (const auto texts = bind_all(out, Type::Text, values); !texts.empty())
        parts.push_back(
            fmt::format("CASE WHEN {} THEN {} ELSE 1 = 0 END", property.is_text(), equals_any(property.text(), texts)));
    std::vector<std::string> numbers;
    for (const FilterValue& value : values)
        if (auto mark = bind_exactly(out, value))
            numbers.push_back(*std::move(mark));
    if (!numbers.empty())
        parts.push_back(fmt::format("CASE WHEN {} THEN {} ELSE 1 = 0 END", property.is_number(),
                                    equals_any(property.number(), numbers)));
    return any_of(parts);
}

std::string compare_property(SqlWriter& out, const Property& property, Comparison comparison,
                             const FilterValue& value) {
    if (const auto* text = std::get_if<std::string>(&value))
        return fmt::format("CASE WHEN {} THEN {} ELSE 1 = 0 END", property.is_text(),
                           compare_text(out, property.text(), comparison, *text));
    const auto number = is_text_search(comparison) ? std::nullopt : bind_exactly(out, value);
    if (!number)
        return "1 = 0";
    return fmt::format("CASE WHEN {} THEN {}{}{} ELSE 1 = 0 END", property.is_number(), property.number(),
                       operator_of(comparison), *number);
}

/// The condition over an expression that may be absent; two-valued. `equals` is given every value, `compare` one.
template<typename Equals, typename Compare>
std::string guarded(const ItemCondition& condition, const std::string& present, Equals equals, Compare compare) {
    const auto& [field, comparison, values] = condition;
    const auto both = [&](const std::string& holds) { return fmt::format("({} AND ({}))", present, holds); };
    switch (comparison) {
    case Comparison::NotNull:
        return present;
    case Comparison::IsNull:
        return fmt::format("NOT ({})", present);
    case Comparison::In:
        return both(equals(values));
    case Comparison::Eq:
    case Comparison::Neq:
        if (!values.empty() && std::holds_alternative<std::monostate>(values.front()))
            return comparison == Comparison::Neq ? present : fmt::format("NOT ({})", present);
        return both(fmt::format("{}({})", comparison == Comparison::Neq ? "NOT " : "", equals(values)));
    default:
        return both(values.empty() ? "1 = 0" : compare(comparison, values.front()));
    }
}

std::string write_condition(SqlWriter& out, const ItemCondition& condition) {
    if (const Column* column = column_of(condition.field)) {
        const std::string present = column->nullable ? fmt::format("{} IS NOT NULL", column->sql) : "1 = 1";
        return guarded(
            condition, present, [&](const auto& values) { return column_equals(out, *column, values); },
            [&](Comparison comparison, const FilterValue& value) {
                return compare_column(out, *column, comparison, value);
            });
    }
    const Property property(out, condition.field.path);
    if (!property.known())
        return condition.comparison == Comparison::IsNull ? "1 = 1" : "1 = 0";
    return guarded(
        condition, property.kind() + " <> 'null'",
        [&](const auto& values) { return property_equals(out, property, values); },
        [&](Comparison comparison, const FilterValue& value) {
            return compare_property(out, property, comparison, value);
        });
}

/// The item's box meets this one: terms joined by AND, so that SQLite stops at the first that fails.
std::string meets_box(SqlWriter& out, const geo::Bounds& box) {
    const std::string w = out.bind(box.west);
    const std::string e = out.bind(box.east);
    return fmt::format("k.south <= {3} AND k.north >= {2} AND ((k.west <= {1} AND k.east >= {0}) OR (k.west > k.east "
                       "AND (k.west <= {1} OR k.east >= {0})))",
                       w, e, out.bind(box.south), out.bind(box.north));
}

/// The corners of a box as bound values.
struct BoundBox {
    std::string w, s, e, n;
    BoundBox(SqlWriter& out, const geo::Bounds& box)
        : w(out.bind(box.west)), s(out.bind(box.south)), e(out.bind(box.east)), n(out.bind(box.north)) {}
};

/// A box for PostGIS, to which one without width or height is no polygon.
std::string postgis_box(const BoundBox& mark, const geo::Bounds& box) {
    if (box.west < box.east && box.south < box.north)
        return fmt::format("ST_MakeEnvelope({}, {}, {}, {}, 4326)", mark.w, mark.s, mark.e, mark.n);
    const std::string corner = fmt::format("ST_MakePoint({}, {})", mark.w, mark.s);
    if (box.west == box.east && box.south == box.north)
        return fmt::format("ST_SetSRID({}, 4326)", corner);
    return fmt::format("ST_SetSRID(ST_MakeLine({}, ST_MakePoint({}, {})), 4326)", corner, mark.e, mark.n);
}

/// The item's ground truly meets this box. What lies wholly inside needs no look at its outline.
std::string meets_box_exactly(SqlWriter& out, const geo::Bounds& box) {
    const BoundBox mark(out, box);
    const auto& [w, s, e, n] = mark;
    const std::string cheap = fmt::format(
        "(k.shape = 1 OR (k.west >= {0} AND k.east <= {2} AND k.west <= k.east AND k.south >= {1} AND k.north <= {3})",
        w, s, e, n);
    if (out.sqlite())
        return fmt::format("{} AND {} OR footprint_touches((SELECT o.outline FROM item_outline o WHERE o.no = k.no), "
                           "{}, {}, {}, {}))",
                           meets_box(out, box), cheap, w, s, e, n);
    return fmt::format("k.outline && {2} AND {0} AND {1} OR ST_Intersects(k.outline, {2}))", meets_box(out, box), cheap,
                       postgis_box(mark, box));
}

std::string write_touches(SqlWriter& out, const geo::Footprint& shape) {
    std::vector<std::string> boxes;
    const auto reach = geo::with_both_meridians(shape.boxes);
    boxes.reserve(reach.size());
    for (const geo::Bounds& box : reach)
        boxes.push_back(meets_box(out, box));
    const std::string near = "(k.shape > 0 AND " + any_of(boxes);
    if (out.sqlite())
        return fmt::format("{} AND footprints_touch((SELECT o.outline FROM item_outline o WHERE o.no = k.no), k.west, "
                           "k.south, k.east, k.north, {}))",
                           near, out.bind(Blob{geo::outline_of(shape)}));
    std::string geometry =
        fmt::format("ST_GeomFromWKB(decode({}, 'hex'), 4326)", out.bind(geo::footprint_wkb_hex(shape)));
    if (shape.boxes.size() > 1)
        geometry = fmt::format("ST_WrapX({}, 180, -360)", geometry);
    std::vector<std::string> meets = {fmt::format("ST_Intersects(k.outline, {})", geometry)};
    if (reach.size() > shape.boxes.size()) // what reaches the antimeridian touches what lies beyond it
        meets.push_back(fmt::format("ST_Intersects(k.outline, ST_Translate({}, {}, 0))", geometry,
                                    reach.back().west < 0 ? -360 : 360));
    return fmt::format("{} AND {})", near, any_of(meets));
}

std::string write_during(SqlWriter& out, const TimeRange& range) {
    std::string sql = "(k.t_start IS NOT NULL";
    if (range.end)
        sql += " AND k.t_start <= " + out.bind(to_micros(*range.end));
    if (range.start)
        sql += " AND k.t_end >= " + out.bind(to_micros(*range.start));
    return sql + ")";
}

std::string write_filter(SqlWriter& out, const ItemFilter& filter) {
    switch (filter.kind) {
    case ItemFilter::Kind::Condition:
        return write_condition(out, filter.condition);
    case ItemFilter::Kind::Touches:
        return write_touches(out, filter.shape);
    case ItemFilter::Kind::During:
        return write_during(out, filter.range);
    case ItemFilter::Kind::Not:
        return filter.parts.empty() ? "1 = 1" : fmt::format("NOT {}", write_filter(out, filter.parts.front()));
    case ItemFilter::Kind::And:
    case ItemFilter::Kind::Or:
        break;
    }
    const bool all = filter.kind == ItemFilter::Kind::And;
    std::vector<std::string> parts;
    parts.reserve(filter.parts.size());
    for (const ItemFilter& part : filter.parts)
        parts.push_back(write_filter(out, part));
    if (parts.empty())
        return all ? "(1 = 1)" : "(1 = 0)";
    return fmt::format("({})", fmt::join(parts, all ? " AND " : " OR "));
}

template<typename T>
std::string bind_texts(SqlWriter& out, const std::vector<T>& texts) {
    std::vector<std::string> marks;
    marks.reserve(texts.size());
    for (const T& text : texts)
        marks.push_back(out.bind(value_of(text)));
    return marks.empty() ? "NULL" : fmt::format("{}", fmt::join(marks, ", "));
}

bool needs_item_row(const ItemFilter& filter) {
    if (filter.kind == ItemFilter::Kind::Condition)
        return needs_item_row(filter.condition.field);
    return std::ranges::any_of(filter.parts, [](const ItemFilter& part) { return needs_item_row(part); });
}

} // namespace

std::string SqlWriter::bind(Value value) {
    values.push_back(std::move(value));
    return fmt::format("?{}", values.size());
}

std::string SqlWriter::bind_set(const Json& texts) {
    const std::string mark = bind(texts.dump());
    return sqlite() ? fmt::format("SELECT value FROM json_each({})", mark)
                    : fmt::format("SELECT json_array_elements_text(CAST(CAST({} AS TEXT) AS JSON))", mark);
}

std::string SqlWriter::bind_list(const std::vector<std::int64_t>& numbers) {
    return bind_texts(*this, numbers);
}

bool needs_item_row(const ItemQuery& query) {
    return query.stac_ids.has_value() ||
           std::ranges::any_of(query.filters, [](const ItemFilter& filter) { return needs_item_row(filter); });
}

std::size_t count_conditions(const std::vector<ItemFilter>& filters) {
    std::size_t count = 0;
    for (const ItemFilter& filter : filters)
        count += 1 + count_conditions(filter.parts) + filter.condition.values.size() / 16;
    return count;
}

std::optional<std::vector<geo::Bounds>> boxes_of(const ItemQuery& query) {
    if (query.bbox)
        return geo::with_both_meridians(geo::split_bounds(*query.bbox));
    if (query.intersects)
        return geo::with_both_meridians(query.intersects->boxes);
    return std::nullopt;
}

void write_conditions(SqlWriter& out, const ItemQuery& query, const SearchScope& scope) {
    if (scope.collections)
        out << " AND k.collection_no IN (" << out.bind_list(*scope.collections) << ")";
    if (query.types)
        out << " AND k.type IN (" << bind_texts(out, *query.types) << ")";
    if (query.ids)
        out << " AND k.id IN (" << out.bind_set(set_of(*query.ids)) << ")";
    if (query.datetime)
        out << " AND " << write_during(out, *query.datetime);
    if (query.bbox) {
        std::vector<std::string> parts;
        const auto boxes = *boxes_of(query);
        parts.reserve(boxes.size());
        for (const geo::Bounds& box : boxes)
            parts.push_back(meets_box_exactly(out, box));
        out << " AND " << any_of(parts);
    }
    if (query.intersects)
        out << " AND " << write_touches(out, *query.intersects);
    for (const ItemFilter& filter : query.filters)
        if (!needs_item_row(filter))
            out << " AND (" << write_filter(out, filter) << ")";
    if (scope.after && !order_needs_item_row(query))
        out << write_after(out, query, scope);
}

void write_wide_conditions(SqlWriter& out, const ItemQuery& query, const SearchScope& scope) {
    if (query.stac_ids)
        out << " AND i.stac_id IN (" << out.bind_set(Json::array_of(*query.stac_ids)) << ")";
    for (const ItemFilter& filter : query.filters)
        if (needs_item_row(filter))
            out << " AND (" << write_filter(out, filter) << ")";
    if (scope.after && order_needs_item_row(query))
        out << write_after(out, query, scope);
}

} // namespace landfall::catalog
