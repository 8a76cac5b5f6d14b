#include "admission/rate_limit.hpp"

#include "core/mutex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::admission {
namespace {

constexpr std::int64_t kWindowSeconds = 60;
constexpr std::int64_t kBlocksAWindow = 20;

} // namespace

Error rate_error(const RateState& rate) {
    Error error(Code::ResourceExhausted,
                fmt::format("More than {} calls within a minute; try again in {} s", rate.limit, rate.reset_seconds));
    error.retry_after_seconds = static_cast<int>(rate.reset_seconds);
    return error;
}

RateState RateLimiter::take(std::string_view key, std::int64_t limit, Timestamp now) {
    const std::int64_t seconds = to_micros(now) / 1'000'000;
    const std::int64_t window = seconds / kWindowSeconds;
    RateState state;
    state.limit = limit;
    state.reset_seconds = kWindowSeconds - seconds % kWindowSeconds;
    if (limit <= 0)
        return state;
    Shard& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    const std::string name(key);
    const Lock lock(shard.mutex);
    // A call that read its clock just before the window turned counts in the new one. Older than that, the clock was
    // set.
    if (window > shard.window || window < shard.window - 1) {
        shard.window = window;
        shard.counts.clear();
    }
    if (lease_)
        hold_more(shard, name, limit);
    Count& count = shard.counts[name];
    if (!lease_)
        count.held = limit;
    state.allowed = count.used < std::min(count.held, limit);
    if (state.allowed)
        ++count.used;
    state.remaining = std::max<std::int64_t>(0, std::min(limit, count.held + count.left) - count.used);
    return state;
}

/// Leases a block if this server has none left. One caller asks while others of the same key wait for the answer;
/// the shard is free meanwhile, so its window may turn and its counts may be gone.
void RateLimiter::hold_more(Shard& shard, const std::string& key, std::int64_t limit) {
    for (;;) {
        Count& count = shard.counts[key];
        if (count.used < count.held || count.spent >= limit)
            return;
        if (count.leasing) {
            shard.leased.wait(shard.mutex);
            continue;
        }
        count.leasing = true;
        const std::int64_t window = shard.window;
        Result<catalog::RateBlock> block;
        {
            const Unlock meanwhile(shard.mutex);
            block = lease_({key, from_micros(window * kWindowSeconds * 1'000'000), limit,
                            std::max<std::int64_t>(1, limit / kBlocksAWindow)});
        }
        shard.leased.notify_all();
        if (shard.window != window)
            continue;
        Count& now = shard.counts[key];
        now.leasing = false;
        now.held += block ? block->taken : 1;
        now.left = block ? block->left : std::max<std::int64_t>(0, limit - now.held);
        if (block && block->taken == 0)
            now.spent = limit;
    }
}

} // namespace landfall::admission
