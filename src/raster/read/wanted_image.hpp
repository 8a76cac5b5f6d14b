#pragma once
/// Which values of a raster a request asks for, by the words of its rendering.

#include "imagery/tile_request.hpp"
#include "raster/read/read_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The names by which expressions may mean the bands of a file.
BandNames names_from(const TileFacts& facts, int count);

/// What is read for values: the rendering's expression, else its bands, however many, else all that hold data; its
/// nodata and resampling. InvalidArgument for bands that the source has not got and for bad expressions.
Result<ImageSpec> wanted_image(const SourceImage& source, const Rendering& rendering, const TileFacts& facts);

} // namespace landfall::raster
