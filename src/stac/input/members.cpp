#include "stac/input/members.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::stac {
namespace {

constexpr std::string_view kRequired = "This field is required.";
constexpr std::string_view kNull = "This field may not be null.";

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// What is wrong with a text; nothing if nothing is.
std::optional<std::string> fault_of(std::string_view text, const TextRule& rule) {
    if (is_blank(text) && !rule.blank)
        return "This field may not be blank.";
    if (text.find('\0') != std::string_view::npos)
        return "Null characters are not allowed.";
    if (rule.longest > 0 && character_count(text) > rule.longest)
        return fmt::format("Ensure this field has no more than {} characters.", rule.longest);
    if (!rule.one_of.empty() && std::ranges::find(rule.one_of, text) == rule.one_of.end())
        return fmt::format("\"{}\" is not a valid choice.", quoted(text));
    return std::nullopt;
}

} // namespace

Members::Members(const Json& object, Faults& faults, Place place)
    : object_(object), faults_(faults), place_(std::move(place)) {
    if (object.is_object())
        return;
    Place where = place_;
    where.emplace_back(kNonField);
    faults_.add(std::move(where), "Invalid data. Expected a dictionary.");
}

Place Members::place_of(std::string_view name) const {
    Place place = place_;
    place.emplace_back(name);
    return place;
}

const Json* Members::value_of(std::string_view name, bool required, bool nullable, bool& is_null) {
    const Json* value = object_.find(name);
    is_null = false;
    if (value == nullptr) {
        if (required && object_.is_object())
            fault(name, std::string(kRequired));
        return nullptr;
    }
    if (!value->is_null())
        return value;
    is_null = nullable;
    if (!nullable)
        fault(name, std::string(kNull));
    return nullptr;
}

bool Members::require(std::string_view name) {
    bool is_null = false;
    return value_of(name, true, false, is_null) != nullptr;
}

Given<std::string> Members::text(std::string_view name, const TextRule& rule) {
    bool is_null = false;
    const Json* value = value_of(name, rule.required, rule.nullable, is_null);
    if (value == nullptr)
        return is_null ? Given<std::string>(std::optional<std::string>()) : Given<std::string>();
    if (!value->is_string()) {
        fault(name, "Not a valid string.");
        return {};
    }
    if (auto wrong = fault_of(value->as_view(), rule)) {
        fault(name, *std::move(wrong));
        return {};
    }
    return std::optional(value->as_string());
}

Given<std::int64_t> Members::integer(std::string_view name) {
    bool is_null = false;
    const Json* value = value_of(name, false, true, is_null);
    if (value == nullptr)
        return is_null ? Given<std::int64_t>(std::optional<std::int64_t>()) : Given<std::int64_t>();
    constexpr std::int64_t kMost = 2'147'483'647;
    if (!value->is_integer()) {
        fault(name, "A valid integer is required.");
        return {};
    }
    if (value->as_integer() > kMost || value->as_integer() < -kMost) {
        fault(name, value->as_integer() > 0 ? fmt::format("Ensure this value is less than or equal to {}.", kMost)
                                            : fmt::format("Ensure this value is greater than or equal to {}.", -kMost));
        return {};
    }
    return std::optional(value->as_integer());
}

Given<double> Members::number(std::string_view name) {
    bool is_null = false;
    const Json* value = value_of(name, false, true, is_null);
    if (value == nullptr)
        return is_null ? Given<double>(std::optional<double>()) : Given<double>();
    if (!value->is_number()) {
        fault(name, "A valid number is required.");
        return {};
    }
    return std::optional(value->as_number());
}

Given<bool> Members::boolean(std::string_view name) {
    bool is_null = false;
    const Json* value = value_of(name, false, true, is_null);
    if (value == nullptr)
        return is_null ? Given<bool>(std::optional<bool>()) : Given<bool>();
    if (!value->is_bool()) {
        fault(name, "Must be a valid boolean.");
        return {};
    }
    return std::optional(value->as_bool());
}

Given<Timestamp> Members::time(std::string_view name) {
    bool is_null = false;
    const Json* value = value_of(name, false, true, is_null);
    if (value == nullptr)
        return is_null ? Given<Timestamp>(std::optional<Timestamp>()) : Given<Timestamp>();
    const auto at = value->is_string() ? read_time(value->as_view()) : std::nullopt;
    if (!at) {
        fault(name, "Datetime has wrong format. Use one of these formats instead: "
                    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].");
        return {};
    }
    return at;
}

Given<std::vector<std::string>> Members::texts(std::string_view name, const TextRule& each) {
    using Texts = std::vector<std::string>;
    bool is_null = false;
    const Json* value = value_of(name, false, true, is_null);
    if (value == nullptr)
        return is_null ? Given<Texts>(std::optional<Texts>()) : Given<Texts>();
    if (!value->is_array()) {
        fault(name, "Expected a list of items.");
        return {};
    }
    Texts all;
    for (std::size_t i = 0; i < value->items().size(); ++i) {
        const Json& entry = value->items()[i];
        auto wrong =
            entry.is_string() ? fault_of(entry.as_view(), each) : std::optional<std::string>("Not a valid string.");
        Place place = place_of(name);
        place.push_back(std::to_string(i));
        if (wrong)
            faults_.add(std::move(place), *std::move(wrong));
        all.push_back(entry.as_string());
    }
    return std::optional(std::move(all));
}

void check_names(const Json& body, Faults& faults, std::span<const std::string_view> writable,
                 std::span<const std::string_view> read_only) {
    for (const auto& [name, value] : body.members()) {
        if (std::ranges::find(writable, std::string_view(name)) != writable.end())
            continue;
        const bool known = std::ranges::find(read_only, std::string_view(name)) != read_only.end();
        faults.add({clean_utf8(name, 200)},
                   known ? "Found read-only property in payload" : "Unexpected property in payload");
    }
}

std::size_t character_count(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string quoted(std::string_view value) {
    return clean_utf8(value, 300);
}

bool is_url(std::string_view text, std::size_t longest) {
    const auto colon = text.find("://");
    const std::string scheme = lower_case(text.substr(0, colon));
    if (colon == std::string_view::npos || (scheme != "http" && scheme != "https"))
        return false;
    const std::string_view rest = text.substr(colon + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    const auto is_bad = [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '"' || c == '<';
    };
    return !host.empty() && host.find_first_of("@\\") == std::string_view::npos && character_count(text) <= longest &&
           std::ranges::none_of(text, is_bad);
}

std::optional<Timestamp> read_time(std::string_view text) {
    if (text.size() > 64)
        return std::nullopt;
    auto at = parse_rfc3339(text);
    // Seconds may be left out: `2020-10-28T13:05Z`.
    constexpr std::size_t kToMinutes = 16;
    if (!at && text.size() >= kToMinutes && (text.size() == kToMinutes || text[kToMinutes] != ':'))
        at = parse_rfc3339(std::string(text.substr(0, kToMinutes)) + ":00" + std::string(text.substr(kToMinutes)));
    return at ? std::optional(*at) : std::nullopt;
}

} // namespace landfall::stac
