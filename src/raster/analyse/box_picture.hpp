#pragma once
/// The picture of the pixels in a box, on the raster's own grid: `analytics.band_math`.

#include "geo/area.hpp"
#include "imagery/analysis/measure_task.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The pixels whose centres lie in the box, each as one of the picture unless that would be larger than `max_size`.
/// InvalidArgument if there are none, and as `wanted_image` says.
Result<Picture> draw_box(SourceImage& source, const BoxPictureArguments& arguments, const geo::Area& box);

} // namespace landfall::raster
