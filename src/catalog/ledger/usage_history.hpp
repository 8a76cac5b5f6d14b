#pragma once
/// What an organization used in past months.

#include "catalog/ledger/usage.hpp"

#include <vector>

namespace landfall::catalog {

/// What an organization used in a month.
struct MonthlyUsage {
    std::int64_t peak_storage_bytes = 0;
    std::int64_t egress_bytes = 0;
    std::int64_t tile_requests = 0;
};
/// Between each of the ascending instants and the next.
Result<std::vector<MonthlyUsage>> read_usage_between(Session& session, const OrganizationId& organization,
                                                     const std::vector<Timestamp>& instants);

} // namespace landfall::catalog
