#pragma once
/// How far a transfer is: counting, estimating and showing.

#include "cli/terminal.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::cli {

/// Bytes moved by all threads of a command. Thread-safe.
class Meter {
public:
    void add(std::int64_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
    std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> bytes_{0};
};

/// Speed over the last seconds: an average whose memory fades with a half-life of 3 s.
class SpeedEstimate {
public:
    using Instant = std::chrono::steady_clock::time_point;
    /// Notes the bytes so far. They may go back when a file is sent again.
    void note(std::int64_t bytes, Instant now);
    /// Bytes per second; 0 while unknown.
    double bytes_per_second() const { return speed_; }

private:
    std::optional<Instant> last_time_;
    std::int64_t last_bytes_ = 0;
    double speed_ = 0;
};

/// One moment of a transfer.
struct Moment {
    std::string_view label;
    std::int64_t done = 0;   ///< bytes
    std::int64_t total = -1; ///< bytes; negative: unknown
    double bytes_per_second = 0;
};

/// `12.3 MB` (powers of 1000), as speeds are given.
std::string format_bytes(std::int64_t bytes);
/// `7s`, `3:05` or `2:03:05`; `--` if unknown (negative).
std::string format_seconds(double seconds);
/// One line of at most `columns` characters, e.g. `scene.tif [=====>     ]  50%  1.2/2.4 GB  85 MB/s  ETA 14s`.
std::string format_progress(const Moment& moment, int columns);

/// Draws over one line of the terminal; silent where `err` is none. Not thread-safe.
class ProgressLine {
public:
    explicit ProgressLine(const Terminal& terminal) : terminal_(terminal) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void draw(std::string_view label, std::int64_t done, std::int64_t total);
    /// Removes the line, so that another text can stand there.
    void clear();
    /// Leaves the line as it was drawn last, above what comes next.
    void keep();

private:
    std::string erasure() const;

    const Terminal& terminal_;
    SpeedEstimate speed_;
    std::optional<SpeedEstimate::Instant> drawn_;
    int shown_ = 0; ///< characters that stand there
};

} // namespace landfall::cli
