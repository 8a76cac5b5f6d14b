#include "operations/rate_limit.hpp"

#include <algorithm>

namespace landfall::operations {

RateState RateLimiter::take(std::string_view key, std::int64_t limit, Timestamp now) {
    constexpr std::int64_t kWindowSeconds = 60;
    const std::int64_t seconds = to_micros(now) / 1'000'000;
    const std::int64_t window = seconds / kWindowSeconds;
    RateState state;
    state.limit = limit;
    state.reset_seconds = kWindowSeconds - seconds % kWindowSeconds;
    if (limit <= 0)
        return state;
    Shard& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    const std::lock_guard lock(shard.mutex);
    // A call that read its clock just before the window turned counts in the new one. Older than that, the clock was
    // set.
    if (window > shard.window || window < shard.window - 1) {
        shard.window = window;
        shard.counts.clear();
    }
    std::int64_t& count = shard.counts[std::string(key)];
    state.allowed = count < limit;
    if (state.allowed)
        ++count;
    state.remaining = std::max<std::int64_t>(0, limit - count);
    return state;
}

} // namespace landfall::operations
