#include "imagery/scene_time.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <string>
#include <vector>

namespace landfall::imagery {
namespace {

using namespace std::chrono;

constexpr Timestamp kFirst{sys_days{year{1900} / 1 / 1}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool are_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool are_hex(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

bool are_capitals(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return value;
}

/// Where the zone of a date and time begins; the length where there is none.
std::size_t zone_start(std::string_view text) {
    constexpr std::size_t kDate = 8; // a sign within it is a separator
    if (text.size() > kDate && (text.back() == 'Z' || text.back() == 'z'))
        return text.size() - 1;
    const std::size_t sign = text.find_last_of("+-");
    const bool after_time = sign != std::string_view::npos && sign > kDate && sign + 3 <= text.size() &&
                            text.substr(0, sign).find_first_of(":T ", kDate) != std::string_view::npos;
    return after_time ? sign : text.size();
}

/// `+02:00` for `+0200`, `+02` and `+2:00`.
std::string plain_zone(std::string_view zone) {
    if (zone.size() < 2 || (zone[0] != '+' && zone[0] != '-'))
        return std::string(zone);
    std::string digits;
    for (const char c : zone.substr(1))
        if (c != ':')
            digits += c;
    if (digits.size() % 2 == 1)
        digits.insert(0, "0");
    if (digits.size() == 2)
        digits += "00";
    return std::string(1, zone[0]) + digits.substr(0, 2) + ":" + digits.substr(2);
}

/// `20180716T060623` and `20180716060623` with separators.
std::string separated(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c != 'T')
            digits += c;
    const std::size_t whole = std::min(digits.find('.'), digits.size());
    if (whole != 8 && whole != 12 && whole != 14)
        return std::string(text);
    std::string out = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2);
    if (whole == 8)
        return out;
    return out + "T" + digits.substr(8, 2) + ":" + digits.substr(10, 2) + ":" +
           (whole == 14 ? digits.substr(12) : "00");
}

std::string without_words(std::string_view text) {
    std::string out(text.substr(0, 64));
    for (const std::string_view word : {" UTC", " GMT", "UTC"})
        if (out.ends_with(word))
            out.replace(out.size() - word.size(), word.size(), "Z");
    while (!out.empty() && (out.back() == ' ' || out.back() == '\0' || out.back() == '\n'))
        out.pop_back();
    return out.substr(std::min(out.find_first_not_of(" \t\n"), out.size()));
}

std::optional<SceneTime> moment(std::optional<Timestamp> at) {
    return at ? std::optional(SceneTime{*at, *at}) : std::nullopt;
}

/// `2020106`: year and day of the year.
std::optional<Timestamp> parse_ordinal(std::string_view text) {
    if (text.size() != 7 || !are_digits(text))
        return std::nullopt;
    const int day = number(text.substr(4));
    const year in{number(text.substr(0, 4))};
    if (day < 1 || day > (in.is_leap() ? 366 : 365))
        return std::nullopt;
    const Timestamp at{sys_days{in / 1 / 1} + days{day - 1}};
    return at >= kFirst ? std::optional(at) : std::nullopt;
}

/// Words of a name in capitals, without what separates them.
std::vector<std::string> words_of(std::string_view stem) {
    std::vector<std::string> words(1);
    for (const char c : stem) {
        if (c == '_' || c == '-' || c == '.')
            words.emplace_back();
        else
            words.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    std::erase(words, "");
    return words;
}

using Words = std::vector<std::string>;

bool is_timestamp(std::string_view word) {
    return word.size() == 15 && word[8] == 'T' && are_digits(word.substr(0, 8)) && are_digits(word.substr(9));
}

bool is_date(std::string_view word) {
    return word.size() == 8 && are_digits(word);
}

/// Sentinel-1, -3 and -5P: start and end of sensing come first.
std::optional<SceneTime> of_sensing(const Words& words) {
    std::vector<Timestamp> found;
    for (const std::string& word : words)
        if (is_timestamp(word))
            if (const auto at = parse_scene_time(word))
                found.push_back(*at);
    if (found.empty())
        return std::nullopt;
    return found.size() > 1 && found[1] >= found[0] ? SceneTime{found[0], found[1]} : SceneTime{found[0], found[0]};
}

bool is_sentinel2(const Words& words) {
    const std::string& first = words.front();
    const auto is_tile = [](std::string_view word) {
        return word.size() == 6 && word[0] == 'T' && are_digits(word.substr(1, 2)) && are_capitals(word.substr(3));
    };
    if (first == "L1C" || first == "L2A")
        return words.size() > 1 && is_tile(words[1]);
    // The oldest names begin with when the file was written.
    return is_tile(first) || (first.size() == 3 && first.starts_with("S2") && words.size() > 1 && words[1] != "OPER");
}

std::optional<SceneTime> of_sentinel(const Words& words) {
    const std::string& first = words.front();
    if (first.size() == 3 && (first.starts_with("S1") || first.starts_with("S3") || first == "S5P"))
        return of_sensing(words);
    if (!is_sentinel2(words))
        return std::nullopt;
    for (const std::string& word : words)
        if (is_timestamp(word) || is_date(word))
            return moment(parse_scene_time(word));
    return std::nullopt;
}

bool is_landsat(std::string_view sensor) {
    return sensor.size() >= 3 && sensor[0] == 'L' &&
           std::string_view("COETM").find(sensor[1]) != std::string_view::npos;
}

std::optional<SceneTime> of_landsat(const Words& words) {
    const std::string_view first = words.front();
    if (!is_landsat(first))
        return std::nullopt;
    // LC80130312014113LGN00: sensor and satellite, path and row, year and day, station and version.
    if (first.size() == 21 && are_digits(first.substr(2, 14)) && are_capitals(first.substr(16, 3)))
        return moment(parse_ordinal(first.substr(9, 7)));
    if (first.size() != 4 || !are_digits(first.substr(2)) || words.size() < 4 || words[2].size() != 6 ||
        !are_digits(words[2]) || !is_date(words[3]))
        return std::nullopt;
    return moment(parse_scene_time(words[3]));
}

/// A level or kind of product, which others seldom write after a date and a number.
bool is_planet_product(std::string_view word) {
    static constexpr std::array<std::string_view, 4> kLevels = {"1A", "1B", "3A", "3B"};
    static constexpr std::array<std::string_view, 7> kKinds = {"ANALYTIC", "VISUAL", "PANCHROMATIC", "BASIC",
                                                               "ORTHO",    "UDM",    "COMPOSITE"};
    return std::ranges::find(kLevels, word) != kLevels.end() ||
           std::ranges::any_of(kKinds, [&](std::string_view kind) { return word.starts_with(kind); });
}

/// `20230615_103045_71_2479_3B_…`, `20170415_102021_0e0d_…` and `20200415_102021_ssc6_…`.
std::optional<SceneTime> of_planet(const Words& words) {
    if (words.size() < 3 || !is_date(words[0]) || words[1].size() != 6 || !are_digits(words[1]))
        return std::nullopt;
    const std::string& third = words[2];
    const auto is_satellite = [](const std::string& word) { return word.size() == 4 && are_hex(word); };
    const bool counted = third.size() <= 2 && are_digits(third) && words.size() > 3 && is_satellite(words[3]);
    if ((!counted && !is_satellite(third) && !third.starts_with("SSC")) ||
        std::none_of(words.begin() + 3, words.end(), is_planet_product))
        return std::nullopt;
    const std::string hundredths = counted && third.size() == 2 ? "." + third : "";
    return moment(parse_scene_time(words[0] + "T" + words[1] + hundredths + "Z"));
}

/// `MOD09GA.A2020106.h18v04…` and `HLS.S30.T32TMT.2020106T102021…`.
std::optional<SceneTime> of_days(const Words& words) {
    const std::string& first = words.front();
    if (words.size() > 1 && (first[0] == 'M' || first[0] == 'V') && words[1].size() == 8 && words[1][0] == 'A')
        return moment(parse_ordinal(std::string_view(words[1]).substr(1)));
    if (first != "HLS")
        return std::nullopt;
    for (const std::string& word : words) {
        const std::string_view text = word;
        const auto day = text.size() == 14 && text[7] == 'T' ? parse_ordinal(text.substr(0, 7)) : std::nullopt;
        if (!day || !are_digits(text.substr(8)))
            continue;
        const auto time = hours{number(text.substr(8, 2))} + minutes{number(text.substr(10, 2))} +
                          seconds{number(text.substr(12, 2))};
        return time < days{1} ? moment(*day + time) : std::nullopt;
    }
    return std::nullopt;
}

/// The value of `KEY = value` in Landsat's metadata, without quotes.
std::string_view value_of(std::string_view text, std::string_view key) {
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; at += key.size()) {
        const bool whole = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0;
        std::string_view rest = text.substr(at + key.size());
        const std::size_t equals = rest.find_first_not_of(" \t");
        if (!whole || equals == std::string_view::npos || rest[equals] != '=')
            continue;
        rest = rest.substr(equals + 1);
        rest = rest.substr(0, rest.find('\n'));
        const std::size_t first = std::min(rest.find_first_not_of(" \t\""), rest.size());
        const std::size_t last = rest.find_last_not_of(" \t\r\"");
        return last == std::string_view::npos || last < first ? std::string_view()
                                                              : rest.substr(first, last - first + 1);
    }
    return {};
}

} // namespace

bool has_zone(std::string_view text) {
    const std::string plain = without_words(text);
    return zone_start(plain) < plain.size();
}

std::optional<Timestamp> parse_scene_time(std::string_view text) {
    const std::string plain = without_words(text);
    const std::size_t zone = zone_start(plain);
    std::string time = plain.substr(0, zone);
    while (!time.empty() && time.back() == ' ')
        time.pop_back();
    if (time.size() >= 10 && time[4] == ':' && time[7] == ':')
        time[4] = time[7] = '-';
    else if (time.find_first_of("-:") == std::string::npos)
        time = separated(time);
    const bool to_the_minute = time.size() == 16;
    const auto at = parse_rfc3339(time + (to_the_minute ? ":00" : "") + plain_zone(plain.substr(zone)));
    // Cameras and scanners without a clock write the epoch or zeros.
    if (!at || *at == Timestamp{} || *at < kFirst)
        return std::nullopt;
    return *at;
}

std::optional<SceneTime> time_of_scene_name(std::string_view stem) {
    const Words words = words_of(stem.substr(0, 255));
    if (words.empty())
        return std::nullopt;
    for (const auto reads : {of_sentinel, of_landsat, of_planet, of_days})
        if (const auto found = reads(words))
            return found;
    return std::nullopt;
}

std::optional<SceneTime> time_of_scene_metadata(std::string_view text) {
    std::string_view date = value_of(text, "DATE_ACQUIRED");
    if (date.empty())
        date = value_of(text, "ACQUISITION_DATE");
    std::string_view time = value_of(text, "SCENE_CENTER_TIME");
    if (time.empty())
        time = value_of(text, "SCENE_CENTER_SCAN_TIME");
    if (date.size() != 10)
        return std::nullopt;
    if (const auto at = parse_scene_time(std::string(date) + "T" + std::string(time)); at && !time.empty())
        return moment(at);
    return moment(parse_scene_time(date));
}

} // namespace landfall::imagery
