#pragma once
/// A rendering of a raster on any grid: what tiles, exports, thumbnails and legends are made of.

#include "imagery/colors/rgba.hpp"
#include "imagery/tile_request.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The picture of a grid: bands, an expression, or an algorithm over one of them, coloured as the rendering says.
/// Without pixels if none is valid. InvalidArgument as `plan_drawing` says, and for algorithms over other than one
/// band.
Result<Picture> draw_grid(SourceImage& source, const Rendering& rendering, const TileFacts& facts, const Grid& grid);

/// The values of an algorithm on a grid as one plane of floats with its mask: hillshade 1..255, slope and aspect in
/// degrees. InvalidArgument for what has no values (contours, relief, terrainrgb), and as above.
Result<Image> terrain_values(SourceImage& source, const Rendering& rendering, const TileFacts& facts, const Grid& grid);

/// Gives what lies outside of an area another colour. `aoi`: GeoJSON of a Polygon or MultiPolygon in degrees, or empty.
/// InvalidArgument if it is none.
Status cover_outside(const std::string& aoi, const Grid& grid, Rgba color, Picture& picture);

} // namespace landfall::raster
