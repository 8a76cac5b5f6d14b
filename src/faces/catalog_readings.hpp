#pragma once
/// What `/metrics` tells of the catalog.

#include "catalog/ledger/usage.hpp"
#include "catalog/work/job.hpp"
#include "core/mutex.hpp"
#include "core/time.hpp"
#include "database/database.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace landfall::faces {

/// Asks the catalog every few seconds at most, however often it is asked itself. Thread-safe.
class CatalogReadings {
public:
    /// Both must outlive this.
    CatalogReadings(const database::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    struct Values {
        bool is_up = false; ///< the database answered; else the rest is what it said last
        std::int64_t size = 0;
        std::vector<catalog::QueuedJobs> queued;
        double oldest_seconds = 0; ///< how long the job waits that is due for longest
        std::vector<catalog::StorageShare> fullest;
    };
    Values now();

private:
    Status read(Values& values) const;

    const database::Database& database_;
    const Clock& clock_;
    Mutex mutex_;
    Values values_ GUARDED_BY(mutex_);
    std::optional<std::chrono::steady_clock::time_point> last_ GUARDED_BY(mutex_);
};

} // namespace landfall::faces
