#pragma once
/// When the pixels of a raster were taken.

#include "imagery/scene_time.hpp"
#include "raster/open/source.hpp"

#include <optional>
#include <string>

class GDALDataset;

namespace landfall::raster {

/// The time of acquisition, a moment or a range, from the first of these that tells it: the metadata of a Landsat
/// scene, time axis and time_coverage of a netCDF file, acquisition times that GDAL reads, the camera's (XMP, GPS,
/// EXIF), the file's name, and last the TIFF date. Nothing if none does.
std::optional<imagery::SceneTime> read_acquisition(GDALDataset& dataset, const Source& source,
                                                   const std::string& original_name);

} // namespace landfall::raster
