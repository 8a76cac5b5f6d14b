#pragma once
/// The values of a CQL2 filter: scalars, instants, intervals, shapes. Failures are sentences without a field.

#include "catalog/search/item_search.hpp"
#include "core/time.hpp"
#include "geo/footprint.hpp"
#include "schema/json.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace landfall::domain {

/// Microseconds from the first to the last instant; an open end is the earliest or the latest one that there is.
struct Span {
    std::int64_t from = 0;
    std::int64_t to = 0;
};
inline constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

/// The name in `{"property": name}`; nothing if it is none.
std::optional<std::string_view> property_name(const Json& json);

/// A text, a number, true or false; an instant stands for its text.
Result<catalog::FilterValue> scalar_value(const Json& json);
/// `{"timestamp": t}`, `{"date": d}` or the same as a text. A date lasts its whole day.
Result<Span> instant_value(const Json& json);
/// One of these, or `{"interval": [from, to]}` where `..` is an open end.
Result<Span> interval_value(const Json& json);
/// A GeoJSON geometry or `{"bbox": [west, south, east, north]}`.
Result<geo::Footprint> shape_value(const Json& json);
/// How many positions the shape has, about.
std::size_t positions_of(const geo::Footprint& shape);

} // namespace landfall::domain
