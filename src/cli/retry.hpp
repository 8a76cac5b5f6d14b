#pragma once
/// When and how long to wait before a transfer is tried again.

#include "core/mutex.hpp"
#include "core/result.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace landfall::cli {

/// Exponential backoff with jitter.
struct RetryPolicy {
    int attempts = 8;                          ///< tries in all: about a minute, in which a server restarts
    std::chrono::milliseconds base{500};       ///< upper end of the first wait
    std::chrono::milliseconds cap{30'000};     ///< upper end of any wait
    std::chrono::seconds longest_request{120}; ///< a server that asks for a longer wait is not waited for
    /// Told of each wait before it begins, by the thread that waits; may be empty.
    std::function<void(const Error&, std::chrono::milliseconds)> on_wait{};
};

/// The wait after try number `attempt` (from 1) failed with `error`; nothing if it should not be tried again.
/// `chance` in [0, 1) spreads clients: the wait lies between half and the whole of base · 2^(attempt-1), at most the
/// cap, and is never shorter than what the server asked for.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, int attempt, const Error& error,
                                                     double chance);

/// Whether the same request may succeed later: no answer, 5xx, 429 or a lost race. Internal is a fault of this machine
/// (a file, a disk) and is not.
bool is_transient(const Error& error);

/// A random number in [0, 1).
double random_chance();

/// Calls `attempt` until it succeeds, fails for good or the policy ends; answers the last result.
template<typename T>
Result<T> with_retries(const RetryPolicy& policy, const std::stop_token& stop,
                       const std::function<Result<T>()>& attempt) {
    for (int number = 1;; ++number) {
        Result<T> result = attempt();
        if (result)
            return result;
        const auto delay = retry_delay(policy, number, result.error(), random_chance());
        if (delay && policy.on_wait)
            policy.on_wait(result.error(), *delay);
        if (!delay || !sleep_unless_stopped(*delay, stop))
            return result;
    }
}

} // namespace landfall::cli
