#pragma once
/// Settles everything that a rendering leaves automatic, against the open file. Used by tiles and thumbnails.

#include "imagery/expression.hpp"
#include "imagery/tile_request.hpp"
#include "raster/draw/colorize.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// What to read and how to colour it.
struct Drawing {
    ReadSpec spec;
    std::optional<Expression> expression;
    std::size_t channels = 1; ///< one or three after the expression
    Kernel kernel = Kernel::Bilinear;
    Coloring coloring;
};

/// `facts`: as `tile_facts` makes them; whatever is missing is sampled from the file's smallest overview.
///
/// Bands and their stretch count in raw values. Expressions see physical values, scale and offset applied, so that an
/// index of reflectances is right whatever the storage. What a settled rendering (`imagery::settled`) leaves open:
/// 8-bit values are colours as they are, everything else is stretched from the 2nd to the 98th percentile.
/// InvalidArgument for unknown bands and bad expressions.
Result<Drawing> plan_drawing(SourceImage& source, const Rendering& rendering, const TileFacts& facts);

/// Applies the expression, if there is one, to what was read; its non-finite results become invalid.
void apply_expression(const Drawing& drawing, SourceImage& source, TileValues& values);

} // namespace landfall::raster
