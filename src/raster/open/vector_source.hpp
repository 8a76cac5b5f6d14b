#pragma once
/// Opening the vector side of an uploaded file, with what its layers are called and where they lie.

#include "raster/open/drivers.hpp"
#include "raster/open/source.hpp"

#include <string>

class OGRLayer;

namespace landfall::raster {

/// Reads features one after the other where the file turns out to hold such. InvalidArgument with a sentence for the
/// user if it holds no layer. `errors`: the innermost of the thread.
Result<DatasetHandle> open_source_vector(const Source& source, const QuietErrors& errors);

/// As the user knows it: drivers that name the layer for the file see the name that we chose. At most 256 bytes.
std::string layer_name(OGRLayer& layer, const Source& source);

/// The layer's reference system, or the one that a user gave instead; longitude first. Empty if there is none.
CrsHandle layer_crs(OGRLayer& layer, const Source& source);

} // namespace landfall::raster
