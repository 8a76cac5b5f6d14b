#pragma once
/// A JSON object written member by member: documents are many, and most of their parts are text already.

#include "core/time.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::stac {

/// A Timestamp as STAC has it: RFC 3339 in UTC, microseconds where there are any.
std::string moment(Timestamp at);

class ObjectText {
public:
    ObjectText() : text_("{") {}

    ObjectText& add(std::string_view name, const Json& value);
    /// JSON text as it is.
    ObjectText& add_raw(std::string_view name, std::string_view json);
    ObjectText& add(std::string_view name, Timestamp at) { return add(name, Json(moment(at))); }
    /// Nothing is not written.
    template<typename T>
    ObjectText& add(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, *value) : *this;
    }
    ObjectText& add(std::string_view name, const std::string& text) { return add(name, Json(text)); }
    /// A number with its point, `2.0`.
    ObjectText& add_real(std::string_view name, double number);

    std::string text() && { return std::move(text_ += '}'); }

private:
    std::string text_;
};

/// JSON texts as an array.
std::string array_text(const std::vector<std::string>& texts);
/// `2.0`: a number with its point.
std::string real_text(double number);

/// The value without members that are null or empty arrays, at any depth but within arrays of arrays.
Json pruned(const Json& value);

} // namespace landfall::stac
