#pragma once
/// Fixed 60-second windows, counted in memory. Contract: geopera.md section 6.1.

#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace landfall::operations {

/// Where a caller stands in the current window.
struct RateState {
    std::int64_t limit = 0; ///< 0: unlimited
    std::int64_t remaining = 0;
    std::int64_t reset_seconds = 0; ///< whole seconds to the end of the window, at least 1
    bool allowed = true;
};

/// Counts calls by key. Thread-safe; memory is bounded by the keys of one window.
class RateLimiter {
public:
    /// Counts one call of `key` at `now` against `limit` (0: unlimited, counts nothing).
    RateState take(std::string_view key, std::int64_t limit, Timestamp now);

private:
    struct Shard {
        std::mutex mutex;
        std::int64_t window = 0;                              // guarded by mutex
        std::unordered_map<std::string, std::int64_t> counts; // guarded by mutex
    };
    std::array<Shard, 16> shards_;
};

} // namespace landfall::operations
