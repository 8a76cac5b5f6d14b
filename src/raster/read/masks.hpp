#pragma once
/// Masks that hide pixels: of a whole dataset, or of each band its own.

#include "core/result.hpp"
#include "raster/open/drivers.hpp"

#include <string>

class GDALRasterBand;

namespace landfall::raster {

/// Whether the band brings a mask that is not the dataset's, as a TIFF or .msk file with one mask a band does.
bool has_own_mask(GDALRasterBand& band);

/// The number of the band that tells which pixels of the others are valid, wherever it stands and however many there
/// are; 0 without one.
int alpha_band(GDALDataset& dataset);

/// The mask of a band (from 1) beside its nodata value: of the dataset, of the alpha band, or its own; of an overview
/// (from 0), or at `level` < 0 of the full resolution. Null without one, and for the alpha band itself.
GDALRasterBand* mask_of(GDALDataset& dataset, int band, int level);

/// Whether a mask or alpha band, and not only nodata, tells which pixels of the dataset are valid.
bool has_mask(GDALDataset& dataset);

/// Writes a TIFF to `path` with the pixels of a dataset whose bands have masks of their own, and one mask for all that
/// hides where every band's does. InvalidArgument if pixels can't be decoded.
Result<DatasetHandle> with_one_mask(GDALDataset& dataset, const std::string& path);

} // namespace landfall::raster
