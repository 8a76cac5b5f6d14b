#pragma once
/// Geometry on its way into a vector tile: clipped, simplified, and rounded to the tile's units. Positions are in
/// these: 0 to kMvtExtent from the tile's west and from its north.

#include "geo/area.hpp"
#include "raster/vector/mvt.hpp"

#include <vector>

namespace landfall::raster {

/// How far beyond the tile's sides geometry goes on, in its units, so that outlines don't show there.
inline constexpr double kMvtBuffer = 64;

/// Those within the tile and its buffer.
MvtPath points_in_tile(const geo::Ring& points);
/// The pieces of a line within the tile and its buffer that are more than a point.
std::vector<MvtPath> line_in_tile(const geo::Ring& line);
/// What of an area lies within the tile and its buffer: its outer ring, then its holes, wound as MvtFeature says. Empty
/// if that is less than a unit. Rings may repeat their first point, and cross themselves.
std::vector<MvtPath> polygon_in_tile(const geo::Polygon& rings);

/// The area that rings enclose, in square units; how long lines are.
double weight_of(MvtType type, const std::vector<MvtPath>& paths);

} // namespace landfall::raster
