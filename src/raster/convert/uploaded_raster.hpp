#pragma once
/// Opening an uploaded file for conversion: the same picture that `probe` saw, in the place that `probe` gave it.

#include "core/result.hpp"
#include "imagery/tasks.hpp"
#include "raster/open/drivers.hpp"
#include "raster/vocabulary.hpp"

#include <string>

namespace landfall::raster {

/// Opens the primary of the files of a folder: archives are unpacked in the
/// folder, of several variables the probed one is taken, and a reference system that only a sidecar or the probe's
/// judgement tells is written into a copy `folder/placed.tif`. InvalidArgument if it cannot be read or holds complex
/// numbers.
Result<DatasetHandle> open_uploaded_raster(const std::string& folder, const WorkerFiles& files);

} // namespace landfall::raster
