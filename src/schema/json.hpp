#pragma once
/// JSON as a value tree, its parser and its writer. For wire structs use `schema/fields.hpp` instead.

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace landfall {

/// An integer past 64 bits, kept as it was written.
struct WideInteger {
    std::string digits; ///< with its sign
    friend bool operator==(const WideInteger&, const WideInteger&) = default;
};

/// A JSON value. Objects keep the order of their members; a repeated name keeps its last value on parsing.
class Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default; ///< null
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(int value) : value_(std::int64_t{value}) {}
    Json(std::int64_t value) : value_(value) {}
    Json(std::uint64_t value); ///< past what std::int64_t holds: a wide integer
    Json(WideInteger value) : value_(std::move(value)) {}
    Json(double value) : value_(value) {} ///< not finite: written as null
    Json(const char* text) : value_(std::string(text)) {}
    Json(std::string text) : value_(std::move(text)) {}
    Json(std::string_view text) : value_(std::string(text)) {}
    Json(Array items) : value_(std::move(items)) {}
    Json(Object members) : value_(std::move(members)) {}

    static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }
    static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }
    /// An array of anything that a Json can be made of.
    template<typename Range>
    static Json array_of(const Range& range) {
        Array items;
        for (const auto& entry : range)
            items.emplace_back(entry);
        return Json(std::move(items));
    }

    /// Parses one JSON text (UTF-8, nesting at most 64, at most 64 MiB). BadRequest otherwise.
    static Result<Json> parse(std::string_view text);

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    /// Whether it is an integer that no std::int64_t holds.
    bool is_wide_integer() const { return std::holds_alternative<WideInteger>(value_); }
    bool is_number() const { return is_integer() || is_wide_integer() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }

    /// The value, or the given default if it is of another type.
    bool as_bool(bool otherwise = false) const;
    std::int64_t as_integer(std::int64_t otherwise = 0) const; ///< also a number without fraction
    double as_number(double otherwise = 0) const;              ///< an integer that a double cannot hold is rounded
    std::string as_string(std::string_view otherwise = {}) const;
    std::string_view as_view() const; ///< empty unless a string; lives as long as this value
    const Array& items() const;       ///< empty unless an array
    const Object& members() const;    ///< empty unless an object
    Array& items();                   ///< turns anything else into an empty array first
    Object& members();                ///< turns anything else into an empty object first

    /// The member of that name; nothing if absent or if this is no object.
    const Json* find(std::string_view name) const;
    /// The member of that name, or a null value.
    const Json& operator[](std::string_view name) const;
    /// Sets or replaces a member, keeping its place.
    void set(std::string_view name, Json value);
    void erase(std::string_view name);
    void push(Json value) { items().push_back(std::move(value)); }

    /// Compact text.
    std::string dump() const;
    void dump_to(std::string& out) const;

    friend bool operator==(const Json&, const Json&) = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, WideInteger, std::string, Array, Object> value_;
};

/// How many values a JSON text holds, itself included, seen without parsing it; for ill-formed text any number.
std::size_t count_json_values(std::string_view text);

/// JSON text that is stored and passed on without being parsed.
struct RawJson {
    std::string text = "null";
    friend bool operator==(const RawJson&, const RawJson&) = default;
};

/// Appends `text` as a JSON string with quotes; ill-formed UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// Appends a number in its shortest form; null if not finite.
void append_json_number(std::string& out, double value);

} // namespace landfall
