#include "schema/json.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace landfall {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxBytes = 64UL << 20U;
/// A parser keeps buffers of about 14 bytes for each byte of the largest text it read.
constexpr std::size_t kKeptBytes = 1UL << 20U;
constexpr std::size_t kWidestInteger = 308; ///< digits: more are past a double as well

/// `mark` begins the texts that stand for wide integers; empty if there are none.
Json convert(simdjson::dom::element element, std::string_view mark);

Json convert_array(simdjson::dom::array source, std::string_view mark) {
    Json::Array items;
    items.reserve(source.size());
    for (const auto entry : source)
        items.push_back(convert(entry, mark));
    return Json(std::move(items));
}

Json convert_object(simdjson::dom::object source, std::string_view mark) {
    Json out = Json::object();
    Json::Object& members = out.members();
    members.reserve(source.size());
    // A large object is checked for repeated names by sorting once instead of searching for each.
    for (const auto entry : source)
        members.emplace_back(std::string(entry.key), convert(entry.value, mark));
    if (members.size() < 2)
        return out;
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return members[a].first < members[b].first; });
    std::vector<bool> repeated(members.size(), false);
    bool any = false;
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        if (members[order[i]].first == members[order[i + 1]].first)
            repeated[order[i]] = any = true;
    }
    if (any) {
        Json::Object kept;
        for (std::size_t i = 0; i < members.size(); ++i)
            if (!repeated[i])
                kept.push_back(std::move(members[i]));
        members = std::move(kept);
    }
    return out;
}

Json convert_text(std::string_view text, std::string_view mark) {
    if (mark.empty() || !text.starts_with(mark))
        return Json(text);
    return Json(WideInteger{std::string(text.substr(mark.size()))});
}

Json convert(simdjson::dom::element element, std::string_view mark) {
    using Type = simdjson::dom::element_type;
    switch (element.type()) {
    case Type::ARRAY:
        return convert_array(element.get_array().value_unsafe(), mark);
    case Type::OBJECT:
        return convert_object(element.get_object().value_unsafe(), mark);
    case Type::INT64:
        return Json(element.get_int64().value_unsafe());
    case Type::UINT64:
        return Json(element.get_uint64().value_unsafe());
    case Type::DOUBLE:
        return Json(element.get_double().value_unsafe());
    case Type::STRING:
        return convert_text(element.get_string().value_unsafe(), mark);
    case Type::BOOL:
        return Json(element.get_bool().value_unsafe());
    case Type::NULL_VALUE:
        break;
    }
    return {};
}

bool fits_64_bits(std::string_view digits, char before) {
    const std::string_view most = before == '-' ? "9223372036854775808" : "18446744073709551615";
    return digits.size() < most.size() || (digits.size() == most.size() && digits <= most);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Whether the digits from `first` to `end` are a value, and an integer that does not fit.
bool is_wide_integer(std::string_view text, std::size_t first, std::size_t end) {
    constexpr std::string_view kWithinNumber = ".eE+";
    const char before = first > 0 ? text[first - 1] : ' ', after = end < text.size() ? text[end] : ' ';
    const std::size_t next = std::min(text.find_first_not_of(" \t\r\n", end), text.size());
    const bool is_name = text.substr(next).starts_with(':');
    return kWithinNumber.find(before) == std::string_view::npos &&
           kWithinNumber.find(after) == std::string_view::npos && !is_name && text[first] != '0' &&
           end - first <= kWidestInteger && !fits_64_bits(text.substr(first, end - first), before);
}

/// The text with the integers past 64 bits, which simdjson does not take, written as texts that begin with `mark`.
std::string quote_wide_integers(std::string_view text, std::string_view mark) {
    std::string out;
    out.reserve(text.size() + 16);
    bool in_text = false;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t first = i;
        if (!in_text && is_digit(text[i])) {
            while (i < text.size() && is_digit(text[i]))
                ++i;
            const std::string_view digits = text.substr(first, i - first);
            if (!is_wide_integer(text, first, i)) {
                out.append(digits);
                continue;
            }
            const bool negative = out.ends_with('-');
            if (negative)
                out.pop_back();
            out.append("\"").append(mark).append(negative ? "-" : "").append(digits).append("\"");
            continue;
        }
        in_text = in_text != (text[i] == '"');
        i += in_text && text[i] == '\\' ? 2 : 1;
        out.append(text.substr(first, i - first));
    }
    return out;
}

bool looks_like_utf16(std::string_view text) {
    return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
           (text.size() > 1 && (text[0] == '\0' || text[1] == '\0'));
}

/// Whether the word stands outside of all texts.
bool has_word(std::string_view text, std::string_view word) {
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!in_text && text.substr(i).starts_with(word))
            return true;
        in_text = in_text != (text[i] == '"');
        i += in_text && text[i] == '\\' ? 1 : 0;
    }
    return false;
}

std::string_view what_is_wrong(std::string_view text, simdjson::error_code error) {
    if (looks_like_utf16(text))
        return "The JSON text is encoded in UTF-16. Send it in UTF-8";
    if (error == simdjson::UTF8_ERROR)
        return "The JSON text is not valid UTF-8. Send it in UTF-8 and uncompressed";
    if (has_word(text, "NaN") || has_word(text, "Infinity"))
        return "JSON has neither NaN nor Infinity. Send null instead";
    if (error == simdjson::NUMBER_ERROR)
        return "A number in the JSON text is malformed or larger than any that can be held. Write it as JSON has "
               "numbers";
    if (error == simdjson::STRING_ERROR)
        return "A text within the JSON text holds a broken escape or half a surrogate pair. Write it in UTF-8";
    return "The JSON text is not well-formed. Check its brackets, commas and quotes";
}

const Json& null_json() {
    static const Json null;
    return null;
}

} // namespace

Json::Json(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        value_ = static_cast<std::int64_t>(value);
    else
        value_ = WideInteger{fmt::to_string(value)};
}

Result<Json> Json::parse(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark))
        text.remove_prefix(kByteOrderMark.size());
    if (text.size() > kMaxBytes)
        return fail(Code::PayloadTooLarge, "The JSON text is larger than 64 MiB");
    static thread_local simdjson::dom::parser kept;
    simdjson::dom::parser own;
    simdjson::dom::parser& parser = text.size() <= kKeptBytes ? kept : own;
    if (parser.max_depth() != kMaxDepth && parser.allocate(1024, kMaxDepth) != simdjson::SUCCESS)
        return fail_internal("simdjson could not allocate");
    simdjson::dom::element root;
    auto error = parser.parse(text.data(), text.size()).get(root);
    std::string mark;
    if (error == simdjson::NUMBER_ERROR) {
        mark = unique_part(); // which no text of the sender's begins with
        error = parser.parse(quote_wide_integers(text, mark)).get(root);
    }
    if (error != simdjson::SUCCESS) {
        if (error == simdjson::DEPTH_ERROR)
            return fail(Code::BadRequest, fmt::format("The JSON text nests deeper than {} levels", kMaxDepth));
        return fail(
            Error(Code::BadRequest, std::string(what_is_wrong(text, error))).because(simdjson::error_message(error)));
    }
    return convert(root, mark);
}

std::size_t count_json_values(std::string_view text) {
    // Each value but the first of a list or object follows a comma; each first one follows what opened it.
    std::size_t values = 1;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            in_text = !in_text;
        else if (in_text)
            i += c == '\\' ? 1 : 0;
        else
            values += c == ',' || c == '[' || c == '{' ? 1 : 0;
    }
    return values;
}

bool Json::as_bool(bool otherwise) const {
    const auto* value = std::get_if<bool>(&value_);
    return value != nullptr ? *value : otherwise;
}

std::int64_t Json::as_integer(std::int64_t otherwise) const {
    if (const auto* value = std::get_if<std::int64_t>(&value_))
        return *value;
    const auto* number = std::get_if<double>(&value_);
    constexpr double kLimit = 9007199254740992.0; // 2^53: beyond it a double no longer tells integers apart
    if (number != nullptr && std::abs(*number) <= kLimit && std::trunc(*number) == *number)
        return static_cast<std::int64_t>(*number);
    return otherwise;
}

double Json::as_number(double otherwise) const {
    if (const auto* value = std::get_if<double>(&value_))
        return *value;
    if (const auto* value = std::get_if<std::int64_t>(&value_))
        return static_cast<double>(*value);
    if (const auto* wide = std::get_if<WideInteger>(&value_)) {
        std::from_chars(wide->digits.data(), wide->digits.data() + wide->digits.size(), otherwise);
        return otherwise;
    }
    return otherwise;
}

std::string Json::as_string(std::string_view otherwise) const {
    const auto* value = std::get_if<std::string>(&value_);
    return value != nullptr ? *value : std::string(otherwise);
}

std::string_view Json::as_view() const {
    const auto* value = std::get_if<std::string>(&value_);
    return value != nullptr ? std::string_view(*value) : std::string_view();
}

const Json::Array& Json::items() const {
    static const Array none;
    const auto* value = std::get_if<Array>(&value_);
    return value != nullptr ? *value : none;
}

const Json::Object& Json::members() const {
    static const Object none;
    const auto* value = std::get_if<Object>(&value_);
    return value != nullptr ? *value : none;
}

Json::Array& Json::items() {
    if (!is_array())
        value_ = Array{};
    return std::get<Array>(value_);
}

Json::Object& Json::members() {
    if (!is_object())
        value_ = Object{};
    return std::get<Object>(value_);
}

const Json* Json::find(std::string_view name) const {
    for (const auto& member : members())
        if (member.first == name)
            return &member.second;
    return nullptr;
}

const Json& Json::operator[](std::string_view name) const {
    const Json* found = find(name);
    return found != nullptr ? *found : null_json();
}

void Json::set(std::string_view name, Json value) {
    for (auto& member : members()) {
        if (member.first == name) {
            member.second = std::move(value);
            return;
        }
    }
    members().emplace_back(std::string(name), std::move(value));
}

void Json::erase(std::string_view name) {
    std::erase_if(members(), [&](const Member& member) { return member.first == name; });
}

std::string Json::dump() const {
    std::string out;
    dump_to(out);
    return out;
}

void Json::dump_to(std::string& out) const {
    if (const auto* value = std::get_if<bool>(&value_)) {
        out += *value ? "true" : "false";
    } else if (const auto* integer = std::get_if<std::int64_t>(&value_)) {
        fmt::format_to(std::back_inserter(out), "{}", *integer);
    } else if (const auto* number = std::get_if<double>(&value_)) {
        append_json_number(out, *number);
    } else if (const auto* wide = std::get_if<WideInteger>(&value_)) {
        out += wide->digits;
    } else if (const auto* text = std::get_if<std::string>(&value_)) {
        append_json_string(out, *text);
    } else if (is_array()) {
        out += '[';
        for (const char* separator = ""; const auto& entry : items()) {
            out += separator;
            entry.dump_to(out);
            separator = ",";
        }
        out += ']';
    } else if (is_object()) {
        out += '{';
        for (const char* separator = ""; const auto& [name, entry] : members()) {
            out += separator;
            append_json_string(out, name);
            out += ':';
            entry.dump_to(out);
            separator = ",";
        }
        out += '}';
    } else {
        out += "null";
    }
}

void append_json_string(std::string& out, std::string_view text) {
    std::string cleaned;
    if (!is_utf8(text)) {
        cleaned = clean_utf8(text, text.size() * 3);
        text = cleaned;
    }
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(text.substr(start, i - start));
        start = i + 1;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(text.substr(start));
    out += '"';
}

void append_json_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    if (std::trunc(value) == value && std::abs(value) < 1e15)
        fmt::format_to(std::back_inserter(out), "{:.0f}", value);
    else
        fmt::format_to(std::back_inserter(out), "{}", value);
}

} // namespace landfall
