#include "domain/items/search.hpp"

#include "core/suggestion.hpp"
#include "core/text.hpp"
#include "domain/items/item_record.hpp"
#include "geo/geojson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::domain {
namespace {

using catalog::Comparison;

constexpr std::array<std::pair<std::string_view, Comparison>, 10> kOperators{{{"eq", Comparison::Eq},
                                                                              {"neq", Comparison::Neq},
                                                                              {"lt", Comparison::Lt},
                                                                              {"lte", Comparison::Lte},
                                                                              {"gt", Comparison::Gt},
                                                                              {"gte", Comparison::Gte},
                                                                              {"in", Comparison::In},
                                                                              {"startsWith", Comparison::StartsWith},
                                                                              {"endsWith", Comparison::EndsWith},
                                                                              {"contains", Comparison::Contains}}};
constexpr std::size_t kMaxConditions = 100;
constexpr std::size_t kMaxValues = 1000;       ///< of one `in`
constexpr std::size_t kMaxComparedText = 4096; ///< bytes
constexpr std::size_t kMaxFieldName = 1024;    ///< bytes
constexpr std::size_t kMaxQuoted = 40;         ///< bytes of what a refusal repeats
/// No project has as many items; sums with it stay in 64 bits.
constexpr std::int64_t kFarthestOffset = 1LL << 40U;

bool holds_instants(std::string_view column) {
    return column == "datetime" || column.ends_with("_datetime") || column.ends_with("_at");
}

/// What is said of an operator that there is not.
std::string unknown_operator(std::string_view op) {
    std::array<std::string_view, kOperators.size()> names{};
    std::ranges::transform(kOperators, names.begin(), [](const auto& known) { return known.first; });
    const std::string_view meant = nearest(op, names);
    return fmt::format("'{}' is no operator; {}", clean_utf8(op, kMaxQuoted),
                       meant.empty() ? "use eq, neq, lt, lte, gt, gte, in, startsWith, endsWith or contains"
                                     : fmt::format("did you mean '{}'?", meant));
}

Result<catalog::FilterValue> filter_value(const Json& json, const catalog::ItemField& field) {
    if (json.is_string() && holds_instants(field.column)) {
        const auto at = parse_rfc3339(json.as_view());
        if (!at)
            return fail_field("query", at.error().message);
        return catalog::FilterValue(to_micros(*at));
    }
    if (json.is_bool())
        return catalog::FilterValue(json.as_bool());
    if (json.is_integer())
        return catalog::FilterValue(json.as_integer());
    if (json.is_wide_integer())
        return fail_field("query", "A query compares with integers of at most 64 bits, from -2^63 to 2^63 - 1");
    if (json.is_number())
        return catalog::FilterValue(json.as_number());
    if (json.is_string() && json.as_view().size() > kMaxComparedText)
        return fail_field("query", fmt::format("A query compares with texts of at most {} bytes", kMaxComparedText));
    if (json.is_string())
        return catalog::FilterValue(json.as_string());
    return fail_field("query", "A query compares with a text, a number, true or false; `in` takes a list of them");
}

Result<catalog::ItemFilter> condition(const std::string& name, const std::string& op, const Json& value) {
    catalog::ItemFilter filter;
    filter.kind = catalog::ItemFilter::Kind::Condition;
    filter.condition.field = catalog::item_field(name);
    const auto comparison = comparison_of(op);
    if (!comparison)
        return fail_field("query", unknown_operator(op));
    filter.condition.comparison = *comparison;
    const bool list = filter.condition.comparison == Comparison::In;
    if (list != value.is_array())
        return fail_field("query", "The operator `in` takes a list of values, the others one value");
    if (value.items().size() > kMaxValues)
        return fail_field("query", fmt::format("The operator `in` takes at most {} values; ask in parts", kMaxValues));
    if (!list) {
        TRY(auto one, filter_value(value, filter.condition.field));
        filter.condition.values.push_back(std::move(one));
    }
    for (const auto& entry : value.items()) {
        TRY(auto one, filter_value(entry, filter.condition.field));
        filter.condition.values.push_back(std::move(one));
    }
    return filter;
}

Status check_name_size(std::string_view field, std::string_view name) {
    if (name.size() > kMaxFieldName)
        return fail_field(std::string(field), fmt::format("A field's name has at most {} bytes", kMaxFieldName));
    return {};
}

Result<std::vector<catalog::ItemFilter>> filters_of(const Json& query) {
    std::vector<catalog::ItemFilter> filters;
    for (const auto& [name, conditions] : query.members()) {
        CHECK_OK(check_name_size("query", name));
        if (!conditions.is_object())
            return fail_field("query", fmt::format("'{}' needs an object of operators, e.g. {{\"lt\": 10}}",
                                                   clean_utf8(name, kMaxQuoted)));
        for (const auto& [op, value] : conditions.members()) {
            TRY(auto filter, condition(name, op, value));
            filters.push_back(std::move(filter));
        }
    }
    if (filters.size() > kMaxConditions)
        return fail_field("query", fmt::format("A query takes at most {} conditions", kMaxConditions));
    return filters;
}

Result<std::vector<catalog::ItemSort>> sort_of(const std::vector<SortTerm>& terms) {
    std::vector<catalog::ItemSort> sort;
    for (const SortTerm& term : terms) {
        CHECK_OK(check_name_size("sortby", term.field));
        sort.push_back({catalog::item_field(term.field), term.direction == "desc"});
    }
    if (sort.size() > 8)
        return fail_field("sortby", "At most 8 sort terms are taken");
    return sort;
}

} // namespace

std::optional<catalog::Comparison> comparison_of(std::string_view name) {
    const auto* const known = std::ranges::find(kOperators, name, &decltype(kOperators)::value_type::first);
    return known == kOperators.end() ? std::nullopt : std::optional(known->second);
}

Result<catalog::ItemQuery> make_query(const SearchTerms& terms) {
    catalog::ItemQuery query;
    if (terms.bbox) {
        TRY(const geo::Bbox box, geo::parse_bbox(*terms.bbox));
        query.bbox = geo::Bounds{box[0], box[1], box[2], box[3]};
    }
    if (terms.datetime) {
        auto range = parse_time_range(*terms.datetime);
        if (!range)
            return fail_field("datetime", range.error().message);
        query.datetime = *range;
    }
    if (terms.collections) {
        query.collections.emplace();
        for (const auto& id : *terms.collections)
            query.collections->emplace_back(id);
    }
    if (terms.type) {
        if (*terms.type == kItemTypeFilters.back())
            query.types.emplace(kImageTypes.begin(), kImageTypes.end());
        else
            query.types = {*terms.type};
    }
    if (terms.query) {
        TRY(query.filters, filters_of(*terms.query));
    }
    TRY(query.sort, sort_of(terms.sortby));
    query.limit = terms.limit;
    query.offset = std::min(terms.offset, kFarthestOffset);
    return query;
}

} // namespace landfall::domain
