#pragma once
/// One Web Mercator tile of one open raster.

#include "imagery/tile_request.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// Renders a tile. Positions are exact to kGridTolerance tile pixels against PROJ. A tile outside the source, or with
/// no valid pixel, is an empty one. InvalidArgument for a file without a place on the map and for rendering parameters
/// that do not fit the file.
Result<Tile> render_tile(SourceImage& source, const TileRequest& request, Encoder& encoder);

/// The same up to its colours: what `render_tile` encodes. Empty pixels if no pixel is valid.
Result<Picture> draw_tile(SourceImage& source, const TileRequest& request);

/// The plain values of one band, or of an expression, on a tile's pixels; NaN where invalid. For terrain tiles and
/// analysis. `request.rendering.bands` must name one band unless there is an expression.
Result<std::vector<float>> tile_values(SourceImage& source, const TileRequest& request);

} // namespace landfall::raster
