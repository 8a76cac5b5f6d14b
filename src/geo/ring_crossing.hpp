#pragma once
/// Whether the edges of rings cross.

#include "geo/area.hpp"

#include <cstddef>
#include <optional>

namespace landfall::geo {

/// A place where two edges of the polygon's rings cross, not only touch. Edges are sorted into the cells of a grid, so
/// that only near ones are compared.
struct Crossing {
    Position place;
    bool too_many = false; ///< so many edges lie so close that it was given up: no real outline does that
};
/// Nothing if none do.
std::optional<Crossing> find_crossing(const Polygon& polygon);

} // namespace landfall::geo
