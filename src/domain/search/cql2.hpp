#pragma once
/// Filters in CQL2-JSON (OGC 21-065r2). Contract: geopera.md section 15 "STAC".

#include "catalog/search/item_search.hpp"
#include "schema/json.hpp"

namespace landfall::domain {

/// The filter as the catalog's conditions. Known are: `and`, `or`, `not`, the comparisons `= <> < <= > >=` of a
/// property with a value, `isNull`, `in`, `between`, `like`, `s_intersects`, `s_disjoint`, and the temporal relations
/// `t_…`. What is compared with an absent value is neither true nor false, and so is its negation: no item matches by
/// it. InvalidArgument, whose path leads from the filter to the fault, for anything else, and for a filter that is
/// nested deeper than 24 times, holds more than 256 conditions, or shapes of more than 100 000 positions in all.
Result<catalog::ItemFilter> parse_cql2(const Json& filter);

} // namespace landfall::domain
