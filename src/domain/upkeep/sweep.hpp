#pragma once
/// Clean-up that makes the store and the catalog agree again. Runs hourly inside the server, and by `landfall sweep`
/// beside it. Design: sections 4, 6 and 8.

#include "core/time.hpp"
#include "domain/settings.hpp"
#include "domain/upkeep/disposal.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace landfall::domain {

struct SweepReport {
    std::int64_t sessions_ended = 0;     ///< idle upload sessions that failed
    std::int64_t items_purged = 0;       ///< deleted items past their retention
    std::int64_t objects_removed = 0;    ///< stored objects that nothing refers to any more
    std::int64_t job_blobs_released = 0; ///< inputs of jobs that ended, outputs of those that ended a week ago
    std::int64_t orphans_removed = 0;    ///< blobs without a row
    std::int64_t orphans_held = 0;       ///< such blobs, too many to remove without being told to
    std::int64_t part_uploads_aborted =
        0; ///< uploads of parts to which nothing came for as long as a session may idle, or that nobody knows
    std::int64_t bytes_freed = 0;
    bool removal_held = false;       ///< released objects wait for a backup that copies them
    std::int64_t records_purged = 0; ///< expired idempotency keys, rate windows, notes of changes, old jobs,
                                     ///< upload sessions and audit records
};

struct SweepOptions {
    std::chrono::seconds grace{3600}; ///< younger blobs are left alone; their row may be on its way
    Limits limits{};
    std::stop_token stop{}; ///< ends the sweep between two of its batches; the report is of what was done
    /// Whole blobs without a row are kept for so long; absent: for `limits.orphan_seconds`, and `grace` at least.
    std::optional<std::chrono::seconds> orphan_grace{};
    bool any_number_of_orphans = false; ///< even if they are a tenth of more than a hundred blobs

    std::chrono::seconds kept_orphans() const {
        return orphan_grace.value_or(std::max(grace, std::chrono::seconds(limits.orphan_seconds)));
    }
};

Result<SweepReport> sweep(const Swept& swept, const Clock& clock, const SweepOptions& options);

} // namespace landfall::domain
