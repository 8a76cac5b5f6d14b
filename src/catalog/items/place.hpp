#pragma once
/// Roughly where and when in one number, narrow enough for every sort index of a SQLite catalog: a scan in order passes
/// over what lies elsewhere without looking at its row.

#include "geo/footprint.hpp"

#include <cstdint>
#include <optional>

namespace landfall::catalog {

/// The day of an instant, counted from 1900 and held within 0 to kLastDay.
std::int64_t place_day(std::int64_t micros);
constexpr std::int64_t kLastDay = 65'535;

/// The cells that a box reaches into, eleven a degree, and a day. A box with west > east takes the whole circle.
std::int64_t place_of(const geo::Bounds& box, std::int64_t day);

/// Whether `item` may lie in the cells of `asked`, on a day from `since` to that of `asked`; never wrongly false.
bool place_meets(std::int64_t item, std::int64_t asked, std::int64_t since);

} // namespace landfall::catalog
