#include "stac/input/query_conditions.hpp"

#include "core/fold.hpp"
#include "core/text.hpp"
#include "domain/items/search.hpp"
#include "stac/input/durations.hpp"
#include "stac/input/members.hpp"
#include "stac/input/search_terms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace landfall::stac {
namespace {

using catalog::Comparison;
using catalog::FilterValue;
using catalog::ItemField;
using catalog::ItemFilter;

constexpr std::size_t kMostValues = 1000;

bool is_of_text(Comparison comparison) {
    return comparison == Comparison::StartsWith || comparison == Comparison::EndsWith ||
           comparison == Comparison::Contains;
}

struct Field {
    std::string_view name;
    std::string_view column;
    bool is_time;
};
constexpr std::array<Field, 3> kFields{
    {{"created", "created_at", true}, {"updated", "updated_at", true}, {"title", "title", false}}};

ItemFilter condition(ItemField field, Comparison comparison, std::vector<FilterValue> values) {
    ItemFilter filter;
    filter.kind = ItemFilter::Kind::Condition;
    filter.condition = {std::move(field), comparison, std::move(values)};
    return filter;
}

/// The value as it is compared; nothing if it is of another type.
std::optional<FilterValue> value_for(const Field& field, const Json& value) {
    if (!value.is_string())
        return std::nullopt;
    if (!field.is_time)
        return FilterValue(fold_case(value.as_view()));
    const auto at = read_time(value.as_view());
    return at ? std::optional<FilterValue>(to_micros(*at)) : std::nullopt;
}

/// An operator by the name that the query gives it.
struct Operator {
    std::string_view name;
    Comparison comparison;
};

void add_condition(const Field& field, const Operator& op, const Json& value, Faults& faults,
                   std::vector<ItemFilter>& filters) {
    const bool is_list = op.comparison == Comparison::In;
    const Json given = is_list ? value : Json::array({value});
    std::vector<FilterValue> values;
    for (const Json& entry : given.items())
        if (auto one = value_for(field, entry))
            values.push_back(*std::move(one));
    const bool fits = given.is_array() && values.size() == given.items().size() && values.size() <= kMostValues;
    if (!fits)
        faults.say({fmt::format("query-{}-{}", field.name, op.name)},
                   fmt::format("Invalid value for {} of {}: {} needed", op.name, field.name,
                               field.is_time ? "an ISO 8601 time is" : "a string is"));
    else
        filters.push_back(condition({std::string(field.column), {}}, op.comparison, std::move(values)));
}

void add_field(const Field& field, const Json& conditions, Faults& faults, std::vector<ItemFilter>& filters) {
    if (!conditions.is_object()) {
        faults.say({fmt::format("query-{}", field.name)}, "Must be an object of operators and values");
        return;
    }
    for (const auto& [name, value] : conditions.members()) {
        const auto comparison = domain::comparison_of(name);
        if (!comparison || (is_of_text(*comparison) && field.is_time))
            faults.say({fmt::format("query-operator-{}", clean_utf8(name, 100))},
                       fmt::format("Invalid operator {} of {}", clean_utf8(name, 100), field.name));
        else
            add_condition(field, {name, *comparison}, value, faults, filters);
    }
}

ItemField property(std::string_view name) {
    return {"", {std::string(name)}};
}

std::optional<bool> truth_of(const Json& value) {
    if (value.is_bool())
        return value.as_bool();
    if (value == Json("True") || value == Json("true"))
        return true;
    if (value == Json("False") || value == Json("false"))
        return false;
    return std::nullopt;
}

} // namespace

void add_query_conditions(const Json& query, Faults& faults, std::vector<ItemFilter>& filters) {
    if (query.is_null())
        return;
    if (!query.is_object()) {
        faults.say({"query"}, "Invalid query: must be a JSON object");
        return;
    }
    for (const auto& [name, conditions] : query.members()) {
        const auto* const field = std::ranges::find(kFields, std::string_view(name), &Field::name);
        if (field == kFields.end())
            faults.say({fmt::format("query-attributes-{}", clean_utf8(name, 100))},
                       fmt::format("Invalid query attribute {}; use created, updated or title", clean_utf8(name, 100)));
        else
            add_field(*field, conditions, faults, filters);
    }
}

void add_forecast_conditions(const Json& terms, Faults& faults, std::vector<ItemFilter>& filters) {
    for (const std::string_view name : {"forecast:horizon", "forecast:duration"}) {
        const Json& given = terms[name];
        if (given.is_null())
            continue;
        const auto normal = normalized_duration(given.as_view());
        if (normal)
            filters.push_back(condition(property(name), Comparison::Eq, {*normal}));
        else
            faults.say({std::string(name)}, "Invalid duration, must be one of ISO 8601, e.g. PT6H");
    }
    if (const Json& variable = terms["forecast:variable"]; variable.is_string())
        filters.push_back(condition(property("forecast:variable"), Comparison::Eq, {variable.as_string()}));
    else if (!variable.is_null())
        faults.say({"forecast:variable"}, "Must be a string");
    if (const Json& perturbed = terms["forecast:perturbed"]; !perturbed.is_null()) {
        const auto truth = truth_of(perturbed);
        if (truth)
            filters.push_back(condition(property("forecast:perturbed"), Comparison::Eq, {*truth}));
        else
            faults.say({"forecast:perturbed"}, "Must be a boolean");
    }
}

void add_reference_time(const AskedTime& time, std::vector<ItemFilter>& filters) {
    // Stored texts of times have one width, so they compare as the times do.
    const ItemField field = property("forecast:reference_datetime");
    if (time.range.start)
        filters.push_back(condition(field, Comparison::Gte, {format_rfc3339(*time.range.start)}));
    if (time.range.end)
        filters.push_back(condition(field, Comparison::Lte, {format_rfc3339(*time.range.end)}));
}

} // namespace landfall::stac
