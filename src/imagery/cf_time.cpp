#include "imagery/cf_time.hpp"

#include "core/text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace landfall::imagery {
namespace {

using namespace std::chrono;

/// Days of each month before it begins.
using MonthStarts = std::array<int, 13>;
constexpr MonthStarts kCommonYear = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
constexpr MonthStarts kLeapYear = {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366};
constexpr MonthStarts kThirties = {0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 360};

struct Date {
    int year = 0, month = 1, day = 1;
};

/// A date and a time of day, in a calendar that is yet to be told.
struct Reference {
    Date date;
    double seconds = 0; ///< since its midnight, UTC
};

std::optional<double> unit_seconds(std::string_view unit) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    static constexpr auto kUnits = std::to_array<Unit>({
        {"milliseconds", 1e-3},
        {"millisecond", 1e-3},
        {"msec", 1e-3},
        {"ms", 1e-3},
        {"seconds", 1},
        {"second", 1},
        {"secs", 1},
        {"sec", 1},
        {"s", 1},
        {"minutes", 60},
        {"minute", 60},
        {"mins", 60},
        {"min", 60},
        {"hours", 3600},
        {"hour", 3600},
        {"hrs", 3600},
        {"hr", 3600},
        {"h", 3600},
        {"days", 86400},
        {"day", 86400},
        {"d", 86400},
        {"weeks", 604800},
        {"week", 604800},
        {"microseconds", 1e-6},
    });
    for (const Unit& known : kUnits)
        if (known.name == unit)
            return known.seconds;
    return std::nullopt;
}

/// The numbers of a text in order, whatever separates them; a sign counts before a digit at `sign_from` and later.
std::vector<double> numbers_of(std::string_view text) {
    std::vector<double> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end && numbers.size() < 8) {
        double value = 0;
        const auto [next, error] = std::from_chars(at, end, value, std::chars_format::fixed);
        const bool is_number = error == std::errc() && *at != '-' && *at != 'i' && *at != 'n';
        if (is_number)
            numbers.push_back(value);
        at = is_number ? next : at + 1;
    }
    return numbers;
}

/// `1950-1-1`, `1949-12-01 00:00:00`, `2000-01-01T12:00:00Z`, `1970-01-01 00:00:00 +2:00`.
std::optional<Reference> parse_reference(std::string_view text) {
    const std::size_t date_end = std::min(text.find_first_of(" Tt"), text.size());
    const std::vector<double> date = numbers_of(text.substr(0, date_end));
    if (date.size() != 3 || text.starts_with('-') || !(date[0] < 10'000) || !(date[1] >= 1 && date[1] <= 12) ||
        !(date[2] >= 1 && date[2] <= 31))
        return std::nullopt;
    Reference out;
    out.date = {static_cast<int>(date[0]), static_cast<int>(date[1]), static_cast<int>(date[2])};
    std::string_view rest = text.substr(date_end);
    const std::size_t sign = rest.find_first_of("+-");
    const std::vector<double> zone =
        sign == std::string_view::npos ? std::vector<double>() : numbers_of(rest.substr(sign + 1));
    const std::vector<double> time = numbers_of(rest.substr(0, sign));
    if (time.size() > 3 || zone.size() > 2)
        return std::nullopt;
    constexpr std::array<double, 3> kSeconds = {3600, 60, 1};
    for (std::size_t i = 0; i < time.size(); ++i)
        out.seconds += time[i] * kSeconds[i];
    double offset = 0;
    for (std::size_t i = 0; i < zone.size(); ++i)
        offset += zone[i] * kSeconds[i];
    if (zone.size() == 1 && zone[0] >= 100) // +0200
        offset = std::floor(zone[0] / 100) * 3600 + std::fmod(zone[0], 100) * 60;
    out.seconds -= sign != std::string_view::npos && rest[sign] == '-' ? -offset : offset;
    return out;
}

/// The Julian calendar's date as days since 1970 in ours.
std::int64_t days_of_julian(const Date& date) {
    const std::int64_t shift = (14 - date.month) / 12;
    const std::int64_t y = date.year + 4800 - shift;
    const std::int64_t m = date.month + 12 * shift - 3;
    return date.day + (153 * m + 2) / 5 + 365 * y + y / 4 - 32083 - 2'440'588;
}

std::optional<std::int64_t> days_of_ours(const Date& date) {
    const year_month_day ymd{year{date.year}, month{static_cast<unsigned>(date.month)},
                             day{static_cast<unsigned>(date.day)}};
    if (!ymd.ok())
        return std::nullopt;
    return sys_days{ymd}.time_since_epoch().count();
}

std::optional<Timestamp> instant(std::int64_t since_epoch, double seconds) {
    const double total = static_cast<double>(since_epoch) * 86400 + seconds;
    constexpr double kYear1000 = -30'610'224'000;
    constexpr double kYear10000 = 253'402'300'800;
    if (!(total >= kYear1000 && total < kYear10000))
        return std::nullopt;
    // Whole days apart, so that large offsets keep their milliseconds.
    const double whole = std::floor(seconds / 86400);
    const auto rest = std::llround((seconds - whole * 86400) * 1000);
    return Timestamp{days{since_epoch + static_cast<std::int64_t>(whole)}} + milliseconds{rest};
}

/// In calendars whose years are all alike: back from a number of days to a date, which ours may not have.
std::optional<Timestamp> uniform_instant(const MonthStarts& months, const Reference& from, double seconds) {
    const int length = months.back();
    const auto month = static_cast<std::size_t>(from.date.month);
    if (from.date.day > months[month] - months[month - 1])
        return std::nullopt;
    const double whole = std::floor(seconds / 86400);
    if (!(std::abs(whole) < 1e8))
        return std::nullopt;
    const std::int64_t number = std::int64_t{from.date.year} * length + months[month - 1] + from.date.day - 1 +
                                static_cast<std::int64_t>(whole);
    if (number < 0)
        return std::nullopt;
    Date date{static_cast<int>(number / length), 1, 0};
    const int in_year = static_cast<int>(number % length);
    while (in_year >= months[static_cast<std::size_t>(date.month)])
        ++date.month;
    date.day = in_year - months[static_cast<std::size_t>(date.month - 1)] + 1;
    const auto ours = days_of_ours(date);
    return ours ? instant(*ours, seconds - whole * 86400) : std::nullopt;
}

} // namespace

std::optional<Timestamp> cf_instant(std::string_view units, std::string_view calendar, double value) {
    constexpr std::string_view kSince = " since ";
    const std::string text = lower_case(units.substr(0, 200));
    const std::size_t since = text.find(kSince);
    if (since == std::string::npos || !std::isfinite(value))
        return std::nullopt;
    const auto unit = unit_seconds(std::string_view(text).substr(0, since));
    const auto from = parse_reference(std::string_view(text).substr(since + kSince.size()));
    if (!unit || !from)
        return std::nullopt;
    const double seconds = from->seconds + value * *unit;
    const std::string kind = lower_case(calendar.substr(0, 64));
    if (kind == "noleap" || kind == "365_day")
        return uniform_instant(kCommonYear, *from, seconds);
    if (kind == "all_leap" || kind == "366_day")
        return uniform_instant(kLeapYear, *from, seconds);
    if (kind == "360_day")
        return uniform_instant(kThirties, *from, seconds);
    const bool standard = kind.empty() || kind == "standard" || kind == "gregorian";
    const Date& date = from->date;
    const bool before_ours = std::array{date.year, date.month, date.day} < std::array{1582, 10, 15};
    if (kind == "julian" || (standard && before_ours))
        return instant(days_of_julian(date), seconds);
    if (!standard && kind != "proleptic_gregorian")
        return std::nullopt;
    const auto day = days_of_ours(date);
    return day ? instant(*day, seconds) : std::nullopt;
}

} // namespace landfall::imagery
