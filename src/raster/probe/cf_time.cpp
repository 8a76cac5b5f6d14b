#include "raster/probe/cf_time.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <vector>

namespace landfall::raster {
namespace {

using Seconds = std::int64_t;
constexpr Seconds kDay = 86'400;

Seconds seconds_of(std::string_view unit) {
    struct Unit {
        std::string_view name;
        Seconds seconds;
    };
    static constexpr std::array<Unit, 14> kUnits = {{{"day", kDay},
                                                     {"days", kDay},
                                                     {"d", kDay},
                                                     {"hour", 3600},
                                                     {"hours", 3600},
                                                     {"hr", 3600},
                                                     {"h", 3600},
                                                     {"minute", 60},
                                                     {"minutes", 60},
                                                     {"min", 60},
                                                     {"second", 1},
                                                     {"seconds", 1},
                                                     {"sec", 1},
                                                     {"s", 1}}};
    for (const auto& [name, seconds] : kUnits)
        if (unit == name)
            return seconds;
    return 0;
}

/// The whole numbers of a text, in their order.
std::vector<int> numbers_of(std::string_view text) {
    std::vector<int> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end && numbers.size() < 6) {
        if (*at < '0' || *at > '9') {
            ++at;
            continue;
        }
        int value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc())
            return {};
        numbers.push_back(value);
        at = next;
    }
    return numbers;
}

/// Days as a calendar without leap days counts them.
constexpr std::array<int, 13> kBeforeMonth = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

enum class Calendar { Standard, WithoutLeapDays };

std::int64_t day_of(Calendar calendar, const std::chrono::year_month_day& date) {
    if (calendar == Calendar::Standard)
        return std::chrono::sys_days(date).time_since_epoch().count();
    const unsigned month = static_cast<unsigned>(date.month());
    return std::int64_t{365} * static_cast<int>(date.year()) + kBeforeMonth[month - 1] +
           static_cast<int>(static_cast<unsigned>(date.day())) - 1;
}

std::chrono::year_month_day date_of(Calendar calendar, std::int64_t day) {
    using namespace std::chrono;
    if (calendar == Calendar::Standard)
        return year_month_day{sys_days{days{day}}};
    const std::int64_t in_year = (day % 365 + 365) % 365;
    unsigned month = 1;
    while (kBeforeMonth[month] <= in_year)
        ++month;
    return year_month_day{year{static_cast<int>((day - in_year) / 365)}, std::chrono::month{month},
                          std::chrono::day{static_cast<unsigned>(in_year - kBeforeMonth[month - 1]) + 1}};
}

std::optional<Calendar> calendar_of(std::string_view name) {
    const std::string lower = lower_case(name);
    if (lower.empty() || lower == "standard" || lower == "gregorian" || lower == "proleptic_gregorian")
        return Calendar::Standard;
    if (lower == "noleap" || lower == "365_day")
        return Calendar::WithoutLeapDays;
    return std::nullopt;
}

} // namespace

std::optional<std::string> cf_time(std::string_view value, std::string_view units, std::string_view calendar) {
    constexpr double kFar = 1e13; // seconds, some hundred thousand years
    const std::size_t since = units.find(" since ");
    const auto known = calendar_of(calendar);
    double count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (since == std::string_view::npos || !known || error != std::errc() || end != value.data() + value.size())
        return std::nullopt;
    const Seconds unit = seconds_of(lower_case(units.substr(0, since)));
    std::vector<int> moment = numbers_of(units.substr(since));
    if (unit == 0 || moment.size() < 3 || !(std::abs(count) * static_cast<double>(unit) < kFar))
        return std::nullopt;
    moment.resize(6);
    const std::chrono::year_month_day date{std::chrono::year{moment[0]},
                                           std::chrono::month{static_cast<unsigned>(moment[1])},
                                           std::chrono::day{static_cast<unsigned>(moment[2])}};
    if (!date.ok() || moment[0] > 9999 || moment[3] > 24 || moment[4] > 60 || moment[5] > 60)
        return std::nullopt;
    const Seconds from = day_of(*known, date) * kDay + moment[3] * 3600 + moment[4] * 60 + moment[5];
    const Seconds at = from + std::llround(count * static_cast<double>(unit));
    const Seconds in_day = (at % kDay + kDay) % kDay;
    const auto found = date_of(*known, (at - in_day) / kDay);
    if (!found.ok() || static_cast<int>(found.year()) < 0 || static_cast<int>(found.year()) > 9999)
        return std::nullopt;
    std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(found.year()),
                                   static_cast<unsigned>(found.month()), static_cast<unsigned>(found.day()));
    if (in_day != 0)
        text += fmt::format("T{:02}:{:02}", in_day / 3600, in_day / 60 % 60);
    return text;
}

} // namespace landfall::raster
