#include "domain/search/cql2_time.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace landfall::domain {
namespace {

using catalog::Comparison;
using enum catalog::Comparison;

enum class End { Start, Stop };
/// An end of the item's time compared with one of the interval.
struct Term {
    End item;
    Comparison comparison;
    End interval;
};
struct Relation {
    std::string_view name;
    std::array<Term, 3> terms;
    std::size_t count;
};

constexpr Relation relation(std::string_view name, Term first) {
    return {name, {first, first, first}, 1};
}
constexpr Relation relation(std::string_view name, Term first, Term second) {
    return {name, {first, second, second}, 2};
}
constexpr Relation relation(std::string_view name, Term first, Term second, Term third) {
    return {name, {first, second, third}, 3};
}

constexpr End kStart = End::Start;
constexpr End kStop = End::Stop;
constexpr Relation kRelations[] = {
    relation("t_intersects", {kStart, Lte, kStop}, {kStop, Gte, kStart}),
    relation("t_before", {kStop, Lt, kStart}),
    relation("t_after", {kStart, Gt, kStop}),
    relation("t_equals", {kStart, Eq, kStart}, {kStop, Eq, kStop}),
    relation("t_during", {kStart, Gt, kStart}, {kStop, Lt, kStop}),
    relation("t_contains", {kStart, Lt, kStart}, {kStop, Gt, kStop}),
    relation("t_starts", {kStart, Eq, kStart}, {kStop, Lt, kStop}),
    relation("t_startedBy", {kStart, Eq, kStart}, {kStop, Gt, kStop}),
    relation("t_finishes", {kStop, Eq, kStop}, {kStart, Gt, kStart}),
    relation("t_finishedBy", {kStop, Eq, kStop}, {kStart, Lt, kStart}),
    relation("t_meets", {kStop, Eq, kStart}),
    relation("t_metBy", {kStart, Eq, kStop}),
    relation("t_overlaps", {kStart, Lt, kStart}, {kStop, Gt, kStart}, {kStop, Lt, kStop}),
    relation("t_overlappedBy", {kStart, Gt, kStart}, {kStart, Lt, kStop}, {kStop, Gt, kStop}),
};

} // namespace

std::optional<std::vector<catalog::ItemCondition>> temporal_conditions(std::string_view relation,
                                                                       const TimeColumns& time, const Span& span) {
    const auto* known = std::ranges::find(kRelations, relation, &Relation::name);
    if (known == std::end(kRelations))
        return std::nullopt;
    std::vector<catalog::ItemCondition> all;
    for (std::size_t i = 0; i < known->count; ++i) {
        const Term& term = known->terms[i];
        all.push_back({term.item == End::Start ? time.start : time.end,
                       term.comparison,
                       {term.interval == End::Start ? span.from : span.to}});
    }
    return all;
}

} // namespace landfall::domain
