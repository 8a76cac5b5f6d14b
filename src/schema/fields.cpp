#include "schema/fields.hpp"

#include "core/suggestion.hpp"
#include "core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::schema {
namespace {

constexpr std::size_t kMaxQuoted = 64; ///< bytes of a name that a sentence repeats

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text)
        count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return count;
}

std::string quoted_list(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names)
        out += fmt::format("{}'{}'", out.empty() ? "" : ", ", name);
    return out;
}

/// The number that such a text of `append_any_number` stands for.
std::optional<double> special_number(std::string_view text) {
    if (text == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf")
        return std::numeric_limits<double>::infinity();
    if (text == "-inf")
        return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

} // namespace

void append_any_number(std::string& out, double value) {
    if (std::isnan(value))
        append_json_string(out, "nan");
    else if (std::isinf(value))
        append_json_string(out, value > 0 ? "inf" : "-inf");
    else
        append_json_number(out, value);
}

void Reader::fault(std::string type, std::string message) {
    if (!is_full())
        faults_.push_back({path_, std::move(message), std::move(type)});
}

void Reader::missing(std::string_view name) {
    path_.emplace_back(name);
    fault("missing", "Field required");
    path_.pop_back();
}

/// Tells of each member that is none of the names.
void Reader::find_unknown(const Json& json, std::span<const std::string_view> names) {
    for (const auto& [name, value] : json.members()) {
        const bool full = unknown_ == Unknown::Refused ? is_full() : noted_.size() >= kMaxNoted;
        if (full)
            return;
        if (std::ranges::find(names, std::string_view(name)) == names.end())
            note_unknown(name, nearest(name, names));
    }
}

void Reader::note_unknown(std::string_view name, std::string_view meant) {
    const std::string hint = meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant);
    const std::string shown = clean_utf8(name, kMaxQuoted);
    if (unknown_ == Unknown::Refused) {
        path_.push_back(shown);
        fault("extra_forbidden", fmt::format("There is no field '{}'{}", shown, hint));
        path_.pop_back();
        return;
    }
    const std::string within = path_.empty() ? "" : fmt::format(" in '{}'", fmt::join(path_, "."));
    noted_.push_back(fmt::format("The field '{}'{} is unknown and was ignored{}", shown, within, hint));
}

void Reader::read_text(const Json& json, std::string& out, const Rules& rules) {
    if (!json.is_string())
        return fault("string_type", "Input should be a valid string");
    out = json.as_string();
    if (out.find('\0') != std::string::npos)
        return fault("value_error", "The text must not contain NUL characters");
    const std::size_t length = characters(out);
    if (rules.min_length && length < *rules.min_length)
        return fault("string_too_short", fmt::format("String should have at least {} characters", *rules.min_length));
    if (rules.max_length && length > *rules.max_length)
        return fault("string_too_long", fmt::format("String should have at most {} characters", *rules.max_length));
    if (!rules.one_of.empty() && std::find(rules.one_of.begin(), rules.one_of.end(), out) == rules.one_of.end())
        fault_enum(*this, rules.one_of);
}

void Reader::read_bool(const Json& json, bool& out) {
    if (!json.is_bool())
        return fault("bool_type", "Input should be true or false");
    out = json.as_bool();
}

bool Reader::read_integer(const Json& json, std::int64_t low, std::int64_t high, std::int64_t& out,
                          const Rules& rules) {
    constexpr std::int64_t kSentinel = std::numeric_limits<std::int64_t>::min();
    const std::int64_t value = json.as_integer(kSentinel);
    if (!json.is_number() || value == kSentinel) {
        fault("int_type", "Input should be a valid integer");
        return false;
    }
    const std::size_t before = faults_.size();
    if (value < low || value > high)
        fault("value_error", fmt::format("Input should be between {} and {}", low, high));
    else if (rules.min && static_cast<double>(value) < *rules.min)
        fault("greater_than_equal", fmt::format("Input should be greater than or equal to {}", *rules.min));
    else if (rules.max && static_cast<double>(value) > *rules.max)
        fault("less_than_equal", fmt::format("Input should be less than or equal to {}", *rules.max));
    else if (rules.exclusive_min && static_cast<double>(value) <= *rules.exclusive_min)
        fault("greater_than", fmt::format("Input should be greater than {}", *rules.exclusive_min));
    out = value;
    return faults_.size() == before;
}

void Reader::read_number(const Json& json, double& out, const Rules& rules) {
    if (const auto special = rules.any_number ? special_number(json.as_view()) : std::nullopt) {
        out = *special;
        return;
    }
    if (!json.is_number() || !std::isfinite(json.as_number()))
        return fault("float_type", "Input should be a valid number");
    out = json.as_number();
    if (rules.min && out < *rules.min)
        fault("greater_than_equal", fmt::format("Input should be greater than or equal to {}", *rules.min));
    if (rules.max && out > *rules.max)
        fault("less_than_equal", fmt::format("Input should be less than or equal to {}", *rules.max));
    if (rules.exclusive_min && out <= *rules.exclusive_min)
        fault("greater_than", fmt::format("Input should be greater than {}", *rules.exclusive_min));
}

void Reader::read_time(const Json& json, Timestamp& out) {
    if (!json.is_string())
        return fault("string_type", "Input should be a valid string");
    auto parsed = parse_rfc3339(json.as_view());
    if (!parsed)
        return fault("value_error", parsed.error().message);
    out = *parsed;
}

void Reader::read_object(const Json& json, Json& out) {
    if (!json.is_object())
        return fault("dict_type", "Input should be a JSON object");
    out = json;
}

bool Reader::check_array(const Json& json, const Rules& rules) {
    if (!json.is_array()) {
        fault("list_type", "Input should be a JSON array");
        return false;
    }
    const std::size_t count = json.items().size();
    if (rules.min_items && count < *rules.min_items) {
        fault("too_short", fmt::format("The list should have at least {} entries", *rules.min_items));
        return false;
    }
    if (rules.max_items && count > *rules.max_items) {
        fault("too_long", fmt::format("The list should have at most {} entries", *rules.max_items));
        return false;
    }
    return true;
}

void fault_enum(Reader& reader, std::span<const std::string_view> names) {
    reader.fault("enum", fmt::format("Input should be one of {}", quoted_list(names)));
}

} // namespace landfall::schema
