#pragma once
/// The database of coordinate reference systems that PROJ brings.

#include "core/result.hpp"
#include "imagery/tasks.hpp"
#include "raster/open/crs.hpp"
#include "raster/vocabulary.hpp"

#include <string>

namespace landfall::raster {

/// What a user wrote as a system. InvalidArgument for what is none, or none of the Earth.
Result<CrsFacts> read_crs(const std::string& text);

/// Systems for maps of the Earth (geographic, projected, compound) whose code, name and area hold every word of the
/// query, the best match first: the code itself, the name, its beginning, the name's words; then those of the EPSG and
/// the short names. Deprecated ones by their code only.
CrsList find_crs(const CrsQuery& query);

} // namespace landfall::raster
