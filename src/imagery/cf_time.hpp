#pragma once
/// Time axes by the CF conventions: numbers since a date, in one of several calendars. No GDAL here.

#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace landfall::imagery {

/// The instant of a value on an axis of `units` such as `days since 1950-01-01 00:00:00` and of a calendar (empty: the
/// standard one). Rounded to milliseconds. Nothing if the units are no time since a date or are months and years, which
/// have no fixed length, if the calendar is unknown, for a day that its calendar has and ours has not, and for instants
/// before the year 1000, which stand for no date.
std::optional<Timestamp> cf_instant(std::string_view units, std::string_view calendar, double value);

} // namespace landfall::imagery
