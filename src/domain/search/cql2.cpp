#include "domain/search/cql2.hpp"

#include "catalog/search/item_filter.hpp"
#include "core/suggestion.hpp"
#include "core/text.hpp"
#include "domain/search/cql2_time.hpp"
#include "domain/search/cql2_values.hpp"
#include "domain/search/queryables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace landfall::domain {
namespace {

using catalog::Comparison;
using catalog::ItemCondition;
using catalog::ItemField;
using catalog::ItemFilter;
using Kind = ItemFilter::Kind;

constexpr std::size_t kDeepest = 24;
constexpr std::size_t kMostConditions = 256;
constexpr std::size_t kMostValues = 1000; ///< of one `in`
constexpr std::size_t kValuesOfACondition = 16;
constexpr std::size_t kMostPositions = 100'000;
constexpr std::size_t kMostPattern = 512; ///< bytes
constexpr std::size_t kMostQuoted = 40;   ///< bytes of what a refusal repeats

struct Operator {
    std::string_view name;
    Comparison comparison;
    Comparison flipped; ///< for a value that stands before the property
};
constexpr Operator kComparisons[] = {
    {"=", Comparison::Eq, Comparison::Eq}, {"<>", Comparison::Neq, Comparison::Neq},
    {"<", Comparison::Lt, Comparison::Gt}, {"<=", Comparison::Lte, Comparison::Gte},
    {">", Comparison::Gt, Comparison::Lt}, {">=", Comparison::Gte, Comparison::Lte},
};
constexpr std::array<std::string_view, 29> kOperators{"and",        "or",          "not",        "=",
                                                      "<>",         "<",           "<=",         ">",
                                                      ">=",         "isNull",      "in",         "between",
                                                      "like",       "t_before",    "t_after",    "t_intersects",
                                                      "t_disjoint", "t_equals",    "t_during",   "t_contains",
                                                      "t_starts",   "t_startedBy", "t_finishes", "t_finishedBy",
                                                      "t_meets",    "t_metBy",     "t_overlaps", "s_intersects",
                                                      "s_disjoint"};

std::string unknown_operator(std::string_view op) {
    const std::string_view meant = nearest(op, kOperators);
    return fmt::format("'{}' is no operator here; {}", clean_utf8(op, kMostQuoted),
                       meant.empty() ? "known are and, or, not, =, <>, <, <=, >, >=, isNull, in, between, like, "
                                       "s_intersects, s_disjoint and t_intersects with its kin"
                                     : fmt::format("did you mean '{}'?", meant));
}

ItemFilter group(Kind kind, std::vector<ItemFilter> parts) {
    ItemFilter filter;
    filter.kind = kind;
    filter.parts = std::move(parts);
    return filter;
}

ItemFilter is_present(ItemField field) {
    ItemFilter filter;
    filter.kind = Kind::Condition;
    filter.condition = {std::move(field), Comparison::NotNull, {}};
    return filter;
}

/// What is neither true nor false of an absent value, negated or not.
ItemFilter leaf(ItemFilter filter, const ItemField& field, bool negated) {
    if (!negated)
        return filter;
    return group(Kind::And, {is_present(field), group(Kind::Not, {std::move(filter)})});
}

ItemFilter leaf(ItemCondition condition, bool negated) {
    ItemFilter filter;
    filter.kind = Kind::Condition;
    filter.condition = std::move(condition);
    return leaf(filter, filter.condition.field, negated);
}

/// All of the conditions; negated: not all of them.
ItemFilter all_of(std::vector<ItemCondition> conditions, bool negated) {
    std::vector<ItemFilter> parts;
    parts.reserve(conditions.size());
    for (ItemCondition& condition : conditions)
        parts.push_back(leaf(std::move(condition), negated));
    return group(negated ? Kind::Or : Kind::And, std::move(parts));
}

/// A comparison of a field of instants with one that may last a whole day.
std::vector<ItemCondition> instant_conditions(const ItemField& field, Comparison comparison, const Span& at) {
    switch (comparison) {
    case Comparison::Lt:
    case Comparison::Gte:
        return {{field, comparison, {at.from}}};
    case Comparison::Gt:
    case Comparison::Lte:
        return {{field, comparison, {at.to}}};
    default:
        return {{field, Comparison::Gte, {at.from}}, {field, Comparison::Lte, {at.to}}};
    }
}

/// The item's time overlaps.
ItemFilter during(const Span& span) {
    ItemFilter filter;
    filter.kind = Kind::During;
    if (span.from > kEarliest)
        filter.range.start = from_micros(span.from);
    if (span.to < kLatest)
        filter.range.end = from_micros(span.to);
    return filter;
}

/// Reads a filter from outside in. Negations are carried to the leaves, where absent values are told from others.
class Parser {
public:
    Result<ItemFilter> whole(const Json& json) {
        TRY(auto filter, predicate(json, false));
        std::vector<ItemFilter> filters(1);
        filters.front() = std::move(filter);
        if (catalog::count_conditions(filters) > kMostConditions)
            return refuse(
                fmt::format("A filter holds at most {} conditions, of which a negation, and a comparison with "
                            "a time, take several; ask for less at once",
                            kMostConditions));
        return std::move(filters.front());
    }

    Result<ItemFilter> predicate(const Json& json, bool negated) {
        if (path_.size() > 2 * kDeepest)
            return refuse(fmt::format("A filter is nested at most {} times", kDeepest));
        if (json.is_bool())
            return group(json.as_bool() != negated ? Kind::And : Kind::Or, {});
        if (const auto name = property_name(json))
            return comparison_with(queryable(*name), Comparison::Eq, Json(true), negated);
        const Json* op = json.find("op");
        const Json* args = json.find("args");
        if (op == nullptr || args == nullptr || !op->is_string() || !args->is_array() || json.members().size() != 2)
            return refuse("A filter is an object {\"op\": operator, \"args\": [...]}");
        return operation(op->as_view(), args->items(), negated);
    }

private:
    using Arguments = Json::Array;

    tl::unexpected<Error> refuse(std::string message) const {
        Error error{Code::InvalidArgument, message};
        error.fields.push_back({path_, std::move(message), "value_error"});
        return tl::unexpected<Error>(std::move(error));
    }

    /// Does what is about one argument, so that its failures lead there.
    template<typename Work>
    auto within(std::size_t index, Work work) {
        path_.insert(path_.end(), {"args", std::to_string(index)});
        auto result = work();
        path_.resize(path_.size() - 2);
        return result;
    }

    tl::unexpected<Error> refuse_argument(std::size_t index, std::string message) {
        return within(index, [&] { return refuse(std::move(message)); });
    }

    /// Of several conditions at once.
    Status count(std::size_t conditions) {
        conditions_ += conditions;
        if (conditions_ > kMostConditions)
            return refuse(fmt::format("A filter holds at most {} conditions; ask for less at once", kMostConditions));
        return {};
    }

    Result<ItemFilter> operation(std::string_view op, const Arguments& args, bool negated) {
        if (op == "and" || op == "or")
            return logic((op == "and") != negated ? Kind::And : Kind::Or, args, negated);
        if (op == "not") {
            CHECK_OK(expect(args, 1));
            return argument(args, 0, !negated);
        }
        for (const Operator& known : kComparisons)
            if (op == known.name)
                return comparison(known, args, negated);
        if (op == "isNull")
            return is_null(args, negated);
        if (op == "in")
            return in(args, negated);
        if (op == "between")
            return between(args, negated);
        if (op == "like")
            return like(args, negated);
        if (op == "s_intersects" || op == "s_disjoint")
            return touches(args, negated != (op == "s_disjoint"));
        if (op.starts_with("t_"))
            return temporal(op, args, negated);
        return refuse(unknown_operator(op));
    }

    Status expect(const Arguments& args, std::size_t count) const {
        if (args.size() != count)
            return refuse(fmt::format("This operator takes {} argument{}", count, count == 1 ? "" : "s"));
        return {};
    }

    Result<ItemFilter> argument(const Arguments& args, std::size_t index, bool negated) {
        return within(index, [&] { return predicate(args[index], negated); });
    }

    Result<ItemFilter> logic(Kind kind, const Arguments& args, bool negated) {
        if (args.empty())
            return refuse("This operator takes one or more arguments");
        CHECK_OK(count(args.size()));
        std::vector<ItemFilter> parts;
        for (std::size_t i = 0; i < args.size(); ++i) {
            TRY(auto part, argument(args, i, negated));
            parts.push_back(std::move(part));
        }
        return group(kind, std::move(parts));
    }

    Result<Queryable> property(const Arguments& args, std::size_t index) {
        const auto name = property_name(args[index]);
        if (!name)
            return refuse_argument(index, "Here stands a property: {\"property\": name}");
        return queryable(*name);
    }

    Result<ItemFilter> comparison(const Operator& op, const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 2));
        const bool flips = !property_name(args[0]);
        if (!flips && property_name(args[1]))
            return refuse_argument(1, "A property is compared with a value, not with another property");
        TRY(const Queryable left, property(args, flips ? 1 : 0));
        const std::size_t at = flips ? 0 : 1;
        const Comparison compared = flips ? op.flipped : op.comparison;
        return within(at, [&] { return comparison_with(left, compared, args[at], negated); });
    }

    Result<ItemFilter> comparison_with(const Queryable& left, Comparison op, const Json& right, bool negated) {
        CHECK_OK(count(1));
        if (left.type == QueryableType::Instant) {
            TRY(const Span at, told(instant_value(right)));
            const bool differs = op == Comparison::Neq;
            return all_of(instant_conditions(left.field, op, at), negated != differs);
        }
        TRY(auto value, value_for(left, right));
        return leaf({left.field, op, {std::move(value)}}, negated);
    }

    /// A value of a type that the property can have.
    Result<catalog::FilterValue> value_for(const Queryable& left, const Json& json) const {
        if (left.type == QueryableType::Geometry)
            return refuse("The geometry is compared by s_intersects and s_disjoint");
        TRY(auto value, told(scalar_value(json)));
        if (left.type == QueryableType::Text && !json.is_string())
            return refuse("This property holds texts; compare it with a text");
        if (left.type == QueryableType::Number && !json.is_number())
            return refuse("This property holds numbers; compare it with a number");
        return value;
    }

    /// A failure of a value, at the place at hand.
    template<typename T>
    Result<T> told(Result<T> value) const {
        return value ? std::move(value) : Result<T>(refuse(value.error().message));
    }

    Result<ItemFilter> is_null(const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 1));
        CHECK_OK(count(1));
        TRY(const Queryable left, property(args, 0));
        ItemFilter filter = is_present(left.field);
        if (!negated)
            filter.condition.comparison = Comparison::IsNull;
        return filter;
    }

    Result<ItemFilter> in(const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 2));
        TRY(const Queryable left, property(args, 0));
        const auto& list = args[1].items();
        if (!args[1].is_array() || list.size() > kMostValues)
            return refuse_argument(1, fmt::format("Here stands a list of at most {} values", kMostValues));
        CHECK_OK(count(1 + list.size() / kValuesOfACondition));
        if (left.type == QueryableType::Instant)
            return in_instants(left, list, negated);
        ItemCondition condition{left.field, Comparison::In, {}};
        for (const Json& entry : list) {
            TRY(auto value, value_for(left, entry));
            condition.values.push_back(std::move(value));
        }
        return leaf(std::move(condition), negated);
    }

    Result<ItemFilter> in_instants(const Queryable& left, const Arguments& list, bool negated) {
        CHECK_OK(count(list.size())); // each is a comparison of its own
        std::vector<ItemFilter> parts;
        for (const Json& entry : list) {
            TRY(const Span at, told(instant_value(entry)));
            parts.push_back(all_of(instant_conditions(left.field, Comparison::Eq, at), negated));
        }
        if (negated)
            parts.push_back(is_present(left.field));
        return group(negated ? Kind::And : Kind::Or, std::move(parts));
    }

    Result<ItemFilter> between(const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 3));
        TRY(const Queryable left, property(args, 0));
        std::vector<ItemFilter> parts;
        for (const std::size_t at : {1U, 2U}) {
            const Comparison op = at == 1 ? Comparison::Gte : Comparison::Lte;
            TRY(auto part, within(at, [&] { return comparison_with(left, op, args[at], negated); }));
            parts.push_back(std::move(part));
        }
        return group(negated ? Kind::Or : Kind::And, std::move(parts));
    }

    Result<ItemFilter> like(const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 2));
        CHECK_OK(count(1));
        TRY(const Queryable left, property(args, 0));
        if (left.type != QueryableType::Text && left.type != QueryableType::Property)
            return refuse_argument(0, "Only texts are compared by like");
        if (!args[1].is_string())
            return refuse_argument(1, "Here stands a pattern: a text in which % is any text and _ any character");
        const std::string_view pattern = args[1].as_view();
        if (pattern.size() > kMostPattern || pattern.find('\0') != std::string_view::npos)
            return refuse_argument(1, fmt::format("A pattern has at most {} bytes, none of them U+0000", kMostPattern));
        const auto last = pattern.find_last_not_of('\\');
        const std::size_t backslashes = pattern.size() - (last == std::string_view::npos ? 0 : last + 1);
        if (backslashes % 2 == 1)
            return refuse_argument(1,
                                   "A backslash says that the next character stands for itself; double it at the end");
        return leaf({left.field, Comparison::Like, {std::string(pattern)}}, negated);
    }

    Result<ItemFilter> touches(const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 2));
        CHECK_OK(count(1));
        const std::size_t at = property_name(args[0]) ? 0 : 1;
        TRY(const Queryable left, property(args, at));
        if (left.type != QueryableType::Geometry)
            return refuse_argument(at, "Only the property 'geometry' is a place");
        ItemFilter filter;
        filter.kind = Kind::Touches;
        auto shape = shape_value(args[1 - at]);
        if (!shape)
            return refuse_argument(1 - at, shape.error().message);
        positions_ += positions_of(*shape);
        if (positions_ > kMostPositions)
            return refuse(fmt::format("The shapes of a filter have at most {} positions", kMostPositions));
        filter.shape = *std::move(shape);
        return leaf(std::move(filter), left.field, negated);
    }

    /// `datetime`, or the interval of the two other properties, is the item's time; other instants are themselves.
    Result<TimeColumns> time(const Arguments& args) {
        const TimeColumns whole{{"datetime", {}}, {"end", {}}};
        const auto& ends = args[0]["interval"].items();
        if (ends.size() == 2 && property_name(ends[0]) == "start_datetime" && property_name(ends[1]) == "end_datetime")
            return whole;
        TRY(const Queryable left, property(args, 0));
        if (left.type != QueryableType::Instant)
            return refuse_argument(0, "A relation of time takes datetime, start_datetime, end_datetime, created or "
                                      "updated, and then an instant or interval");
        return left.field.column == "datetime" ? whole : TimeColumns{left.field, left.field};
    }

    Result<ItemFilter> temporal(std::string_view op, const Arguments& args, bool negated) {
        CHECK_OK(expect(args, 2));
        TRY(const TimeColumns columns, time(args));
        auto span = interval_value(args[1]);
        if (!span)
            return refuse_argument(1, span.error().message);
        const bool disjoint = op == "t_disjoint";
        auto conditions = temporal_conditions(disjoint ? "t_intersects" : op, columns, *span);
        if (!conditions)
            return refuse(unknown_operator(op));
        CHECK_OK(count(conditions->size()));
        if (op == "t_intersects" && !negated && columns.start.column == "datetime")
            return during(*span);
        return all_of(*std::move(conditions), negated != disjoint);
    }

    std::vector<std::string> path_{"filter"};
    std::size_t conditions_ = 0;
    std::size_t positions_ = 0;
};

} // namespace

Result<ItemFilter> parse_cql2(const Json& filter) {
    return Parser().whole(filter);
}

} // namespace landfall::domain
