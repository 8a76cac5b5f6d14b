#pragma once
/// The outline of a footprint as parts, and its packed form: for each part a byte of kind, a 32-bit count and pairs
/// of doubles (x, y), little-endian as the machine has them. Longitudes run from -180; past 180 they go on beyond
/// the antimeridian.

#include "geo/footprint.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::geo {

struct Position {
    double x = 0; ///< longitude
    double y = 0; ///< latitude
};

struct Part {
    enum class Kind : unsigned char { Point, Line, Shell, Hole }; ///< holes follow their shell
    Kind kind = Kind::Point;
    std::vector<Position> positions;
};

/// West <= east, possibly past 180.
Bounds bounds_of(const Part& part);
std::string pack(const std::vector<Part>& parts);
/// Nothing more than what is whole.
std::vector<Part> unpack(std::string_view bytes);
/// The parts of a footprint of any shape.
std::vector<Part> parts_of(const Footprint& footprint);
/// A footprint as an outline, also where it is a box.
std::string outline_of(const Footprint& footprint);

} // namespace landfall::geo
