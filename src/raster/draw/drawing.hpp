#pragma once
/// Settles everything that a rendering leaves automatic, against the open file. Used by tiles and thumbnails.

#include "imagery/tile_request.hpp"
#include "raster/draw/colorize.hpp"
#include "raster/read/read_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// What to read and how to colour it.
struct Drawing {
    ImageSpec image;
    std::size_t channels = 1; ///< one or three after the expression
    Coloring coloring;
};

/// `facts`: as `tile_facts` makes them; whatever is missing is sampled from the file's smallest overview.
///
/// Bands and their stretch count in raw values. Expressions see physical values, scale and offset applied, so that an
/// index of reflectances is right whatever the storage. What a settled rendering (`imagery::settled`) leaves open:
/// 8-bit values are colours as they are, everything else is stretched from the 2nd to the 98th percentile.
/// InvalidArgument for unknown bands and bad expressions.
Result<Drawing> plan_drawing(SourceImage& source, const Rendering& rendering, const TileFacts& facts);

} // namespace landfall::raster
