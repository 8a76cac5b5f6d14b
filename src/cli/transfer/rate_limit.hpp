#pragma once
/// A limit on how fast all threads of a command send.

#include "core/mutex.hpp"
#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace landfall::cli {

/// Thread-safe.
class RateLimit {
public:
    /// `bytes_per_second`: 0: none.
    explicit RateLimit(std::int64_t bytes_per_second = 0) : bytes_per_second_(bytes_per_second) {}

    /// Waits until so many more bytes may leave. Canceled after a stop.
    Status pass(std::int64_t bytes, const std::stop_token& stop);

private:
    using Instant = std::chrono::steady_clock::time_point;

    const std::int64_t bytes_per_second_;
    Mutex mutex_;
    Instant free_at_ GUARDED_BY(mutex_){};
};

} // namespace landfall::cli
