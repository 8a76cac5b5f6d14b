#pragma once
/// Statistics of a raster inside of zones. See imagery::kMeasure.

#include "geo/area.hpp"
#include "imagery/analysis/measure_task.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

#include <functional>
#include <vector>

namespace landfall::raster {

/// Measures each zone in turn, in memory of some rows of blocks and of the values that differ. `go_on` is asked between
/// blocks. InvalidArgument as imagery::kMeasure says, Canceled if told to stop.
Result<MeasureAnswer> measure(SourceImage& source, const MeasureArguments& arguments,
                              const std::vector<geo::Area>& zones, const std::function<bool()>& go_on);

} // namespace landfall::raster
