#pragma once
/// Values of one open raster at points.

#include "imagery/point_values.hpp"
#include "raster/read/read_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The pixel that holds each point; null outside of the raster and where it has no value. InvalidArgument for bands
/// that the file has not got and for a file without a place on the map.
Result<PointAnswer> point_values(SourceImage& source, const ImageSpec& spec, const PointOrder& order);

} // namespace landfall::raster
