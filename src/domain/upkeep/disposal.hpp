#pragma once
/// What both the sweep and the lifecycle batch take away, in transactions that never hold the writer for long.

#include "catalog/transaction.hpp"
#include "core/time.hpp"
#include "database/database.hpp"
#include "storage/object_store.hpp"

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace landfall::domain {

/// What clean-up works on.
struct Swept {
    const database::Database& database;
    const catalog::Transactor& transactor; ///< of that database, removing from that store
    storage::ObjectStore& store;
};

/// When something was so long ago that it is due, and the instant at which it is recorded.
struct Due {
    Timestamp before{};
    Timestamp now{};
    std::stop_token stop{}; ///< ends the work between two of its transactions
};

/// Rows in one transaction.
inline constexpr std::int64_t kUpkeepBatch = 200;

/// Ends upload sessions that were idle since before; how many.
Result<std::int64_t> end_idle_uploads(const catalog::Transactor& transactor, const Due& due);

/// Removes the rows of items that were deleted before, and releases their objects; how many items.
Result<std::int64_t> purge_deleted_items(const catalog::Transactor& transactor, const Due& due);

struct RemovedObjects {
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
    bool held = false; ///< some wait for a backup that copies them
};
/// Removes the stored bytes of objects that were released before and that nothing refers to any more.
Result<RemovedObjects> remove_released_objects(const Swept& swept, const Clock& clock, const Due& due);

} // namespace landfall::domain
