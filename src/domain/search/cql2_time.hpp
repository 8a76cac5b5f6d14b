#pragma once
/// The temporal relations of CQL2 between the time of an item and an interval.

#include "catalog/search/item_search.hpp"
#include "domain/search/cql2_values.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// The columns that hold the two ends of a time; the same one twice for an instant.
struct TimeColumns {
    catalog::ItemField start;
    catalog::ItemField end;
};

/// Comparisons that hold all of them if the relation does, as `t_before` and the like name it. Nothing for a name that
/// is none.
std::optional<std::vector<catalog::ItemCondition>> temporal_conditions(std::string_view relation,
                                                                       const TimeColumns& time, const Span& span);

} // namespace landfall::domain
