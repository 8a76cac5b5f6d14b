#include "stac/input/durations.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace landfall::stac {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWeek = 7 * kDay;
constexpr std::size_t kMostDigits = 9;

struct Unit {
    char letter;
    std::int64_t seconds;
};
constexpr Unit kDateUnits[] = {{'W', kWeek}, {'D', kDay}};
constexpr Unit kTimeUnits[] = {{'H', kHour}, {'M', kMinute}, {'S', 1}};

/// Takes `3D`, `2H`, … in the order of the units; false if the text goes on otherwise, or holds none of them.
template<std::size_t count>
bool take(std::string_view& text, const Unit (&units)[count], std::int64_t& seconds) {
    bool any = false;
    for (const Unit& unit : units) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc() || digits > kMostDigits || text.front() == '-')
            return any && text.empty();
        if (digits == text.size() || text[digits] != unit.letter)
            continue;
        seconds += number * unit.seconds;
        text.remove_prefix(digits + 1);
        any = true;
        if (text.empty() || text.front() == 'T')
            return true;
    }
    return any && (text.empty() || text.front() == 'T');
}

} // namespace

std::optional<std::string> normalized_duration(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative)
        text.remove_prefix(1);
    if (!text.starts_with('P') || text.size() < 3)
        return std::nullopt;
    text.remove_prefix(1);
    std::int64_t seconds = 0;
    if (text.front() != 'T' && !take(text, kDateUnits, seconds))
        return std::nullopt;
    if (!text.empty()) {
        text.remove_prefix(1); // the T
        if (text.empty() || !take(text, kTimeUnits, seconds) || !text.empty())
            return std::nullopt;
    }
    return fmt::format("{}P{}DT{:02}H{:02}M{:02}S", is_negative && seconds > 0 ? "-" : "", seconds / kDay,
                       seconds % kDay / kHour, seconds % kHour / kMinute, seconds % kMinute);
}

} // namespace landfall::stac
