#pragma once
/// Copies of rasters that a GeoTIFF can hold: it has one mask and one nodata value for all its bands.

#include "core/result.hpp"
#include "raster/open/drivers.hpp"

#include <array>
#include <string>
#include <vector>

namespace landfall::raster {

/// Writes a tiled TIFF to `path` with the pixels of a dataset, changed by `words` as gdal_translate has them.
/// InvalidArgument if pixels can't be decoded.
Result<DatasetHandle> translated(GDALDataset& dataset, const std::string& path, const std::vector<std::string>& words);

/// Copies a dataset whose bands have masks of their own, with one mask for all that hides where every band's does.
Result<DatasetHandle> with_one_mask(GDALDataset& dataset, const std::string& path);

/// Whether bands have different nodata values, or only some have one, and no mask outranks them.
bool has_several_nodata(GDALDataset& dataset);

/// The value that marks missing pixels of all bands of such a dataset, whose valid ones lie within `valid`, and the
/// name of the type of band that can hold it: its own, or a wider one.
struct Mark {
    std::string type;
    double value = 0;
};
Mark choose_mark(GDALDataset& dataset, const std::array<double, 2>& valid);

/// Copies such a dataset so that missing pixels of all bands have one value that no valid pixel has: NaN, or of whole
/// numbers one below or above all that are valid (between them an average could meet it), of a wider type where there
/// is none.
Result<DatasetHandle> with_one_nodata(GDALDataset& dataset, const std::string& path);

} // namespace landfall::raster
