#pragma once
/// Conditions on what items say: the `query` of a search, and forecasts. Contract: swisstopo.md section 17.

#include "catalog/search/item_search.hpp"
#include "schema/json.hpp"
#include "stac/refusal.hpp"

#include <vector>

namespace landfall::stac {

struct AskedTime;

/// `{field: {operator: value}}` over created, updated and title; text is compared without regard to case.
void add_query_conditions(const Json& query, Faults& faults, std::vector<catalog::ItemFilter>& filters);
/// The forecast members of a body, but for the reference time.
void add_forecast_conditions(const Json& terms, Faults& faults, std::vector<catalog::ItemFilter>& filters);
void add_reference_time(const AskedTime& time, std::vector<catalog::ItemFilter>& filters);

} // namespace landfall::stac
