#pragma once
/// A small picture of a whole raster in its own geometry.

#include "imagery/tile_request.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// Draws the whole raster so that its longer side has `side` pixels (16..2048, never more than the source has), with
/// square pixels on the ground, by the colour rules of tiles. `facts`: as `tile_facts` makes them. Needs no coordinate
/// reference system. InvalidArgument for rendering parameters that do not fit the file.
Result<Picture> draw_thumbnail(SourceImage& source, const Rendering& rendering, const TileFacts& facts, int side);

} // namespace landfall::raster
