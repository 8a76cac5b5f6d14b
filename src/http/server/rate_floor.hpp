#pragma once
/// The slowest a body may come in or go out, averaged over windows.

#include <chrono>
#include <cstdint>

namespace landfall::http {

/// A peer is too slow if a whole window brought less than `bytes_per_second` on average. 0: no floor.
class RateFloor {
public:
    using Clock = std::chrono::steady_clock;

    RateFloor(std::int64_t bytes_per_second, std::chrono::seconds window, Clock::time_point start)
        : needed_(bytes_per_second * window.count()), window_(window), start_(start) {}

    /// Counts bytes that moved; false once a window ended short.
    bool moved(std::int64_t bytes, Clock::time_point now) {
        bytes_ += bytes;
        if (now - start_ < window_)
            return true;
        const bool enough = bytes_ >= needed_;
        start_ = now;
        bytes_ = 0;
        return enough;
    }

    /// Does not count a pause that was not the peer's: the window starts later.
    void pause(Clock::duration length) { start_ += length; }

private:
    std::int64_t needed_;
    std::chrono::seconds window_;
    Clock::time_point start_;
    std::int64_t bytes_ = 0;
};

} // namespace landfall::http
