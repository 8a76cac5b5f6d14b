#include "core/time.hpp"

#include <fmt/format.h>

#include <cctype>

namespace landfall {
namespace {

using namespace std::chrono;

constexpr microseconds kDay = duration_cast<microseconds>(days{1});

/// Reads fixed-width numbers and separators off a text, remembering whether all went well.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    int digits(std::size_t count) {
        if (rest_.size() < count)
            return broken();
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (std::isdigit(static_cast<unsigned char>(rest_[i])) == 0)
                return broken();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    char one_of(std::string_view choices) {
        if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
            ok_ = false;
            return '\0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    microseconds fraction() {
        if (rest_.empty() || rest_.front() != '.')
            return microseconds{0};
        rest_.remove_prefix(1);
        std::int64_t value = 0;
        int count = 0;
        for (; !rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front())) != 0; ++count) {
            if (count < 6)
                value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        if (count == 0 || count > 9)
            ok_ = false;
        for (; count < 6; ++count)
            value *= 10;
        return microseconds{value};
    }

    void refuse() { ok_ = false; }
    bool ok() const { return ok_; }
    bool done() const { return rest_.empty(); }

private:
    int broken() {
        ok_ = false;
        return 0;
    }

    std::string_view rest_;
    bool ok_ = true;
};

auto bad_time(std::string_view text) {
    return fail(Code::InvalidArgument,
                fmt::format("'{}' is not an RFC 3339 date and time, e.g. 2026-05-18T04:21:00Z", text.substr(0, 64)));
}

microseconds scan_offset(Scanner& scan) {
    if (scan.done())
        return microseconds{0};
    const char sign = scan.one_of("Zz+-");
    if (sign == 'Z' || sign == 'z' || sign == '\0')
        return microseconds{0};
    const int h = scan.digits(2);
    int m = 0;
    if (!scan.done()) {
        scan.one_of(":");
        m = scan.digits(2);
    }
    if (h > 23 || m > 59)
        scan.refuse();
    const auto offset = duration_cast<microseconds>(hours{h} + minutes{m});
    return sign == '-' ? -offset : offset;
}

/// Whether the text is a bare date, and the instant it stands for.
Result<std::pair<Timestamp, bool>> parse_edge(std::string_view text) {
    TRY(const Timestamp at, parse_rfc3339(text));
    return std::pair{at, text.size() == 10};
}

} // namespace

Timestamp SystemClock::now() const {
    return time_point_cast<microseconds>(system_clock::now());
}

std::int64_t to_micros(Timestamp at) {
    return at.time_since_epoch().count();
}
Timestamp from_micros(std::int64_t micros) {
    return Timestamp{microseconds{micros}};
}

std::string format_rfc3339(Timestamp at) {
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
    Scanner scan(text);
    const int y = scan.digits(4);
    scan.one_of("-");
    const int mo = scan.digits(2);
    scan.one_of("-");
    const int d = scan.digits(2);
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    if (!scan.ok() || !date.ok() || y < 1)
        return bad_time(text);
    if (scan.done())
        return Timestamp{sys_days{date}};
    scan.one_of("Tt ");
    const int h = scan.digits(2);
    scan.one_of(":");
    const int mi = scan.digits(2);
    scan.one_of(":");
    const int s = scan.digits(2);
    const auto fraction = scan.fraction();
    const auto offset = scan_offset(scan);
    if (!scan.ok() || !scan.done() || h > 23 || mi > 59 || s > 60)
        return bad_time(text);
    const Timestamp at = Timestamp{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + fraction - offset;
    const year_month_day utc{floor<days>(at)};
    if (static_cast<int>(utc.year()) < 1 || static_cast<int>(utc.year()) > 9999)
        return bad_time(text);
    return at;
}

Result<TimeRange> parse_time_range(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        TRY(const auto edge, parse_edge(text));
        const auto [at, whole_day] = edge;
        return TimeRange{at, whole_day ? at + kDay - microseconds{1} : at};
    }
    const auto open = [](std::string_view side) { return side.empty() || side == ".."; };
    const std::string_view a = text.substr(0, slash);
    const std::string_view b = text.substr(slash + 1);
    TimeRange range;
    if (!open(a)) {
        TRY(const auto edge, parse_edge(a));
        range.start = edge.first;
    }
    if (!open(b)) {
        TRY(const auto edge, parse_edge(b));
        range.end = edge.second ? edge.first + kDay - microseconds{1} : edge.first;
    }
    if (!range.start && !range.end)
        return fail(Code::InvalidArgument, "A datetime range needs at least one end, e.g. 2026-01-01T00:00:00Z/..");
    if (range.start && range.end && *range.end < *range.start)
        return fail(Code::InvalidArgument, "The datetime range ends before it starts; swap its two sides");
    return range;
}

} // namespace landfall
