#pragma once
/// Cloud-optimized GeoTIFFs.

#include "raster/open/drivers.hpp"
#include "raster/tasks.hpp"

#include <string>
#include <string_view>

namespace landfall::raster {

/// A part of a task: its name, and where between 0 and 1 it begins and how long it is.
struct Part {
    const Progress& progress;
    std::string_view name;
    double start = 0, length = 1;
};

/// Jpeg: values may change as little as no eye sees, where the raster suits that. None: they stay as they are.
enum class Loss { None, Jpeg };

/// Writes `folder/output.tif`: tiled, with overviews and one validity. A raster of other validity, or of odd samples,
/// goes through a copy in the folder. `input` has a place, if it has any, that a GeoTIFF can hold. Canceled if progress
/// says so, InvalidArgument if pixels can't be decoded.
Result<CogAnswer> write_cog(const std::string& folder, DatasetHandle input, const CogArguments& arguments, Loss loss,
                            const Part& part);

} // namespace landfall::raster
