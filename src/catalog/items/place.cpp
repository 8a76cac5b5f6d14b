#include "catalog/items/place.hpp"

#include "catalog/items/item_index.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::catalog {
namespace {

// From the highest bit: west, east (12 bits each), south, north (11 each), day (16).
constexpr int kLongitudeBits = 12;
constexpr int kLatitudeBits = 11;
constexpr int kDayBits = 16;
constexpr int kNorth = kDayBits;
constexpr int kSouth = kNorth + kLatitudeBits;
constexpr int kEast = kSouth + kLatitudeBits;
constexpr int kWest = kEast + kLongitudeBits;
constexpr double kDaysTo1970 = 25'567;

std::int64_t cell(double degrees, double half_circle, int bits) {
    const auto cells = static_cast<double>(1 << bits);
    const double at = std::floor((degrees + half_circle) / (2 * half_circle) * cells);
    return static_cast<std::int64_t>(std::clamp(at, 0.0, cells - 1));
}

std::int64_t part(std::int64_t place, int shift, int bits) {
    return (place >> shift) & ((std::int64_t{1} << bits) - 1);
}

} // namespace

std::int64_t place_day(std::int64_t micros) {
    const double days = std::floor(static_cast<double>(micros) / static_cast<double>(kMicrosADay)) + kDaysTo1970;
    return static_cast<std::int64_t>(std::clamp(days, 0.0, static_cast<double>(kLastDay)));
}

std::int64_t place_of(const geo::Bounds& box, std::int64_t day) {
    const bool whole_circle = box.west > box.east;
    const std::int64_t west = whole_circle ? 0 : cell(box.west, 180, kLongitudeBits);
    const std::int64_t east = whole_circle ? (1 << kLongitudeBits) - 1 : cell(box.east, 180, kLongitudeBits);
    return west << kWest | east << kEast | cell(box.south, 90, kLatitudeBits) << kSouth |
           cell(box.north, 90, kLatitudeBits) << kNorth | day;
}

bool place_meets(std::int64_t item, std::int64_t asked, std::int64_t since) {
    return part(item, kWest, kLongitudeBits) <= part(asked, kEast, kLongitudeBits) &&
           part(item, kEast, kLongitudeBits) >= part(asked, kWest, kLongitudeBits) &&
           part(item, kSouth, kLatitudeBits) <= part(asked, kNorth, kLatitudeBits) &&
           part(item, kNorth, kLatitudeBits) >= part(asked, kSouth, kLatitudeBits) &&
           part(item, 0, kDayBits) <= part(asked, 0, kDayBits) && part(item, 0, kDayBits) >= since;
}

} // namespace landfall::catalog
