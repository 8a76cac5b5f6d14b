#pragma once
/// Instants in UTC with microseconds, their text form (RFC 3339), and ranges of them.

#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall {

/// An instant in UTC, microseconds since 1970.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// The time source. Production uses SystemClock; tests set their own.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

/// The system's clock. Thread-safe.
class SystemClock final : public Clock {
public:
    Timestamp now() const override;
};

/// A clock that stands still until a test moves it. Not thread-safe while it is moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start) : now_(start) {}
    Timestamp now() const override { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by; }

private:
    Timestamp now_;
};

/// `2026-05-18T04:21:00.123456Z`.
std::string format_rfc3339(Timestamp at);

/// RFC 3339 date-time with any offset and up to nine fractional digits (cut to six), years 0001..9999, also
/// with a space for the `T`, a missing offset read as UTC, and a bare date as its midnight.
/// InvalidArgument otherwise.
Result<Timestamp> parse_rfc3339(std::string_view text);

std::int64_t to_micros(Timestamp at);
Timestamp from_micros(std::int64_t micros);

/// A closed interval; an absent end is open.
struct TimeRange {
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;
};

/// STAC's datetime parameter: an instant, or `a/b` where either side may be `..` or empty. A bare date as an
/// instant or an end covers its whole day. InvalidArgument if it is neither, if both sides are open, or if the
/// end precedes the start.
Result<TimeRange> parse_time_range(std::string_view text);

} // namespace landfall
