#include "core/conditions.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

namespace landfall {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A number of digits only; past the largest one, the largest one.
std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return parsed.ec == std::errc() ? value : std::numeric_limits<std::int64_t>::max();
}

/// The words of a date, split at spaces, hyphens, commas and colons.
std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view kSeparators = " ,-:";
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.size(), text.find_first_not_of(kSeparators)));
        if (text.empty() || words.size() > 8)
            return words;
        const auto word = text.substr(0, text.find_first_of(kSeparators));
        words.push_back(word);
        text.remove_prefix(word.size());
    }
}

/// Two digits stand for the year in question that is nearest (RFC 9110 section 5.6.7), here 1970..2069.
int full_year(std::string_view digits) {
    const auto year = static_cast<int>(number(digits));
    if (digits.size() != 2)
        return year;
    return year < 70 ? 2000 + year : 1900 + year;
}

struct DateWords {
    std::string_view day, month, year, hour, minute, second;
};

std::optional<Timestamp> assemble(const DateWords& words) {
    const auto* const month = std::find(kMonths.begin(), kMonths.end(), words.month);
    for (const auto part : {words.day, words.year, words.hour, words.minute, words.second})
        if (!is_digits(part) || part.size() > 4)
            return std::nullopt;
    const auto day = number(words.day), hour = number(words.hour);
    const auto minute = number(words.minute), second = number(words.second);
    if (month == kMonths.end() || day > 31 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(full_year(words.year)),
                                           std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

std::chrono::sys_seconds whole_second(Timestamp at) {
    return std::chrono::floor<std::chrono::seconds>(at);
}

/// Takes the first entity tag off a list; its opaque part without quotes. S3 also takes tags without quotes.
std::optional<std::string_view> take_tag(std::string_view& list, bool& weak) {
    weak = list.starts_with("W/");
    if (weak)
        list.remove_prefix(2);
    std::string_view tag;
    if (list.starts_with('"')) {
        const auto end = list.find('"', 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        tag = list.substr(1, end - 1);
        list.remove_prefix(end + 1);
    } else {
        tag = list.substr(0, list.find_first_of(", \t\""));
        list.remove_prefix(tag.size());
        if (tag.empty())
            return std::nullopt;
    }
    return tag;
}

enum class Comparison { Strong, Weak };

/// Whether a list of tags, or `*`, names the object.
bool names(std::string_view list, std::string_view etag, Comparison comparison) {
    list = trim(list);
    if (list == "*")
        return true;
    if (etag.empty())
        return false;
    const auto own = etag.substr(1, etag.size() - 2);
    bool found = false;
    while (!list.empty()) {
        bool weak = false;
        const auto tag = take_tag(list, weak);
        if (!tag)
            return false;
        found = found || (*tag == own && (comparison == Comparison::Weak || !weak));
        list = trim(list);
        if (!list.empty() && list.front() != ',')
            return false;
        while (!list.empty() && (list.front() == ',' || list.front() == ' ' || list.front() == '\t'))
            list.remove_prefix(1);
    }
    return found;
}

/// Whether the range still belongs to the object that the client has a part of (RFC 9110 section 13.1.5).
bool range_holds(const std::optional<std::string>& if_range, const ObjectState& object) {
    if (!if_range)
        return true;
    if (const auto date = parse_http_date(*if_range))
        return object.last_modified && *date == whole_second(*object.last_modified);
    return !object.etag.empty() && trim(*if_range) == object.etag;
}

bool precondition_fails(const Preconditions& headers, const ObjectState& object) {
    if (headers.if_match)
        return !names(*headers.if_match, object.etag, Comparison::Strong);
    if (!headers.if_unmodified_since || !object.last_modified)
        return false;
    const auto date = parse_http_date(*headers.if_unmodified_since);
    return date && whole_second(*object.last_modified) > *date;
}

bool not_modified(const Preconditions& headers, const ObjectState& object) {
    if (headers.if_none_match)
        return names(*headers.if_none_match, object.etag, Comparison::Weak);
    if (!headers.if_modified_since || !object.last_modified)
        return false;
    const auto date = parse_http_date(*headers.if_modified_since);
    return date && whole_second(*object.last_modified) <= *date;
}

std::string quoted(std::string_view etag) {
    return fmt::format("\"{}\"", etag);
}

ByteRange suffix_range(std::int64_t wanted, std::int64_t size) {
    if (wanted == 0 || size == 0)
        return {ByteRange::Kind::Unsatisfiable};
    const auto length = std::min(wanted, size);
    return {ByteRange::Kind::Part, size - length, length};
}

} // namespace

std::string format_http_date(Timestamp at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(whole_second(at) - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
    const auto words = words_of(trim(text));
    if (words.size() == 8 && words[7] == "GMT")
        return assemble({words[1], words[2], words[3], words[4], words[5], words[6]});
    if (words.size() == 7) // asctime: Sun Nov  6 08:49:37 1994
        return assemble({words[2], words[1], words[6], words[3], words[4], words[5]});
    return std::nullopt;
}

std::string etag_of_content(std::string_view bytes) {
    return '"' + to_hex(sha256(bytes)).substr(0, 40) + '"';
}

std::string_view bare_etag(std::string_view etag) {
    const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
    return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

ByteRange parse_byte_range(std::string_view header, std::int64_t size) {
    header = trim(header);
    const auto equals = header.find('=');
    if (equals == std::string_view::npos || lower_case(trim(header.substr(0, equals))) != "bytes")
        return {};
    const auto range = trim(header.substr(equals + 1));
    const auto hyphen = range.find('-');
    if (hyphen == std::string_view::npos)
        return {};
    const auto first = trim(range.substr(0, hyphen));
    const auto last = trim(range.substr(hyphen + 1));
    if (first.empty())
        return is_digits(last) ? suffix_range(number(last), size) : ByteRange{};
    if (!is_digits(first) || (!last.empty() && !is_digits(last)))
        return {};
    const auto from = number(first);
    const auto to = last.empty() ? std::numeric_limits<std::int64_t>::max() : number(last);
    if (to < from)
        return {};
    if (from >= size)
        return {ByteRange::Kind::Unsatisfiable};
    return {ByteRange::Kind::Part, from, std::min(to, size - 1) - from + 1};
}

bool Preconditions::has(std::string_view etag) const {
    return if_none_match && names(*if_none_match, quoted(etag), Comparison::Weak);
}

Status Preconditions::check_match(std::string_view etag) const {
    if (if_match && !names(*if_match, quoted(etag), Comparison::Strong))
        return fail(Code::PreconditionFailed, "It changed since the version that If-Match names; read it again");
    return {};
}

Status Preconditions::check(std::string_view etag) const {
    CHECK_OK(check_match(etag));
    if (has(etag))
        return fail(Code::PreconditionFailed, "It is there already, which If-None-Match excludes");
    return {};
}

Status Preconditions::check(std::string_view etag, Timestamp last_modified) const {
    if (precondition_fails(*this, {quoted(etag), last_modified, 0}) && !if_match)
        return fail(Code::PreconditionFailed,
                    "It changed since the date that If-Unmodified-Since names; read it again");
    return check(etag);
}

Status Preconditions::check_absent() const {
    if (if_match)
        return fail(Code::PreconditionFailed, "It is not there, but If-Match names a version of it");
    return {};
}

ConditionResult evaluate_conditions(const Preconditions& headers, const ObjectState& object) {
    if (precondition_fails(headers, object))
        return {Selection::PreconditionFailed};
    if (not_modified(headers, object))
        return {Selection::NotModified};
    if (headers.range && range_holds(headers.if_range, object)) {
        const auto range = parse_byte_range(*headers.range, object.size);
        if (range.kind == ByteRange::Kind::Unsatisfiable)
            return {Selection::InvalidRange};
        if (range.kind == ByteRange::Kind::Part)
            return {Selection::Partial, range.first, range.length};
    }
    return {Selection::Full, 0, object.size};
}

std::string content_range(const ConditionResult& part, std::int64_t size) {
    return fmt::format("bytes {}-{}/{}", part.first, part.first + part.length - 1, size);
}

} // namespace landfall
