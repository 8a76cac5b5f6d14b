#include "cli/transfer/rate_limit.hpp"

#include <algorithm>

namespace landfall::cli {

Status RateLimit::pass(std::int64_t bytes, const std::stop_token& stop) {
    if (bytes_per_second_ <= 0)
        return {};
    const auto now = std::chrono::steady_clock::now();
    Instant turn;
    {
        const Lock lock(mutex_);
        turn = std::max(now, free_at_);
        const std::chrono::duration<double> takes(static_cast<double>(bytes) / static_cast<double>(bytes_per_second_));
        free_at_ = turn + std::chrono::duration_cast<Instant::duration>(takes);
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(turn - now);
    if (wait.count() > 0 && !sleep_unless_stopped(wait, stop))
        return fail(Code::Canceled, "Interrupted");
    return {};
}

} // namespace landfall::cli
