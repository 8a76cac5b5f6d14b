#pragma once
/// The steps of items at the end of their retention, and what goes for good after them. Runs hourly inside the server,
/// and by `landfall lifecycle run` beside it. Any number may run at once: none takes a step twice. Contract: geopera.md
/// section 7.8, extensions.md "Lifecycle".

#include "core/ids.hpp"
#include "core/time.hpp"
#include "domain/settings.hpp"
#include "domain/upkeep/disposal.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace landfall::domain {

/// How many steps were taken, or would be.
struct LifecycleReport {
    Timestamp at{};
    std::int64_t expiring = 0;
    std::int64_t expired = 0;
    std::int64_t archived = 0;
    std::int64_t deleted = 0;
    std::int64_t purged = 0; ///< items deleted long enough before
    std::int64_t uploads_ended = 0;
};

struct LifecycleOptions {
    Timestamp at{}; ///< every step that is due by then is taken, several of one item
    Limits limits{};
    std::stop_token stop{}; ///< ends the batch between two of its transactions; the report is of what was done
};

/// Takes the steps. First the items follow changes of retention that were left unfinished.
Result<LifecycleReport> run_lifecycle(const Swept& swept, const Clock& clock, const LifecycleOptions& options);
/// What `run_lifecycle` would do; changes nothing.
Result<LifecycleReport> plan_lifecycle(const database::Database& database, const LifecycleOptions& options);

/// Takes the steps of an organization's items up to expired; gives the items that are expired by that.
Result<std::vector<ItemId>> expire_items(const catalog::Transactor& transactor, const OrganizationId& organization,
                                         Timestamp now);

} // namespace landfall::domain
