#pragma once
/// Fixed 60-second windows. One server counts them in memory; servers that share a database lease blocks of each
/// window from it. Contract: geopera.md section 6.1.

#include "catalog/ledger/rate_window.hpp"
#include "core/mutex.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace landfall::admission {

/// Where a caller stands in the current window.
struct RateState {
    std::int64_t limit = 0; ///< 0: unlimited
    std::int64_t remaining = 0;
    std::int64_t reset_seconds = 0; ///< whole seconds to the end of the window, at least 1
    bool allowed = true;
};

/// What a caller beyond the limit is told.
Error rate_error(const RateState& rate);

/// Counts calls by key. Thread-safe; memory is bounded by the keys of one window.
class RateLimiter {
public:
    using Lease = std::function<Result<catalog::RateBlock>(const catalog::RateLease&)>;

    /// Counts in memory alone.
    RateLimiter() = default;
    /// Takes blocks of a twentieth of a window by `lease`, so all servers together never let more through than the
    /// limit, and one may refuse while another still holds the rest of a block. While `lease` fails, this server
    /// counts for itself.
    explicit RateLimiter(Lease lease) : lease_(std::move(lease)) {}

    /// Counts one call of `key` at `now` against `limit` (0: unlimited, counts nothing).
    RateState take(std::string_view key, std::int64_t limit, Timestamp now);

private:
    struct Count {
        std::int64_t used = 0;
        std::int64_t held = 0;  ///< calls that this server may let through
        std::int64_t left = 0;  ///< that any server may still lease, as far as is known
        std::int64_t spent = 0; ///< the limit whose window was found used up
        bool leasing = false;
    };
    struct Shard {
        Mutex mutex;
        Condition leased;
        std::int64_t window GUARDED_BY(mutex) = 0;
        std::unordered_map<std::string, Count> counts GUARDED_BY(mutex);
    };
    void hold_more(Shard& shard, const std::string& key, std::int64_t limit) REQUIRES(shard.mutex);

    Lease lease_;
    std::array<Shard, 16> shards_;
};

} // namespace landfall::admission
