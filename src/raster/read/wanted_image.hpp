#pragma once
/// Which values of a raster a request asks for, by the words of its rendering. Decision:
/// docs/decisions/0026-values-and-looks.md.

#include "imagery/tile_request.hpp"
#include "raster/read/read_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The names by which expressions may mean the bands of a file.
BandNames names_from(const TileFacts& facts, int count);

/// Whether there is nothing between two values: they are classes, or colours by number.
bool is_categorical(const SourceImage& source, const TileFacts& facts);

/// What is read for values: the rendering's expression, else its bands, however many, else all that hold data; its
/// nodata and resampling. InvalidArgument for bands that the source has not got and for bad expressions.
Result<ImageSpec> wanted_image(const SourceImage& source, const Rendering& rendering, const TileFacts& facts);

} // namespace landfall::raster
