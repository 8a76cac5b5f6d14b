#include "cli/retry.hpp"

#include "core/mutex.hpp"

#include <algorithm>
#include <random>

namespace landfall::cli {

bool is_transient(const Error& error) {
    switch (error.code) {
    case Code::Unavailable:
    case Code::ResourceExhausted:
    case Code::DeadlineExceeded:
    case Code::Aborted:
        return true;
    default:
        return false;
    }
}

std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, int attempt, const Error& error,
                                                     double chance) {
    const std::chrono::seconds asked(error.retry_after_seconds);
    if (!is_transient(error) || attempt >= policy.attempts || asked > policy.longest_request)
        return std::nullopt;
    const double doubled =
        static_cast<double>(policy.base.count()) * static_cast<double>(1ULL << std::min(attempt - 1, 40));
    const double whole = std::min(doubled, static_cast<double>(policy.cap.count()));
    const std::chrono::milliseconds delay(static_cast<std::int64_t>(whole / 2 + whole / 2 * chance));
    return std::max<std::chrono::milliseconds>(delay, asked);
}

double random_chance() {
    static thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

} // namespace landfall::cli
