#pragma once
/// The grid that an export asks for.

#include "imagery/pixel_tasks.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// The box in the export's reference system (its edges densified where it comes in another one), with the wanted size
/// or resolution, else that of the source. Where the system is the source's and its resolution is kept, the grid is the
/// source's own: the pixels that the box touches. InvalidArgument that names what to change, and beyond
/// kMostExportPixels.
Result<Grid> export_grid(SourceImage& source, const ExportArguments& wanted);

} // namespace landfall::raster
