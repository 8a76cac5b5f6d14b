#pragma once
/// Masks that hide pixels: of a whole dataset, or of each band its own.

#include "core/result.hpp"
#include "raster/open/drivers.hpp"

#include <string>

class GDALRasterBand;

namespace landfall::raster {

/// Whether the band brings a mask that is not the dataset's, as a TIFF or .msk file with one mask a band does.
bool has_own_mask(GDALRasterBand& band);

/// The mask of a band beside its nodata value: of the dataset, of an alpha band, or its own. Null without one.
GDALRasterBand* mask_of(GDALRasterBand& band);

/// Whether a mask or alpha band, and not only nodata, tells which pixels of the dataset are valid.
bool has_mask(GDALDataset& dataset);

/// Writes a TIFF to `path` with the pixels of a dataset whose bands have masks of their own, and one mask for all that
/// hides where every band's does. InvalidArgument if pixels can't be decoded.
Result<DatasetHandle> with_one_mask(GDALDataset& dataset, const std::string& path);

} // namespace landfall::raster
