#pragma once
/// Masks that hide pixels: of a whole dataset, or of each band its own.

#include "raster/open/drivers.hpp"

#include <optional>

class GDALDataset;
class GDALRasterBand;

namespace landfall::raster {

/// GDAL 3.6 shows signed bytes as bytes with a note.
bool is_signed_byte(GDALRasterBand& band);

/// Whether the band brings a mask that is not the dataset's, as a TIFF or .msk file with one mask a band does.
bool has_own_mask(GDALRasterBand& band);

/// The value that marks missing pixels of a band; none where its type cannot hold it.
std::optional<double> nodata_value(GDALRasterBand& band);

/// The number of the band that tells which pixels of the others are valid, wherever it stands and however many there
/// are; 0 without one.
int alpha_band(GDALDataset& dataset);

/// The mask of a band (from 1) beside its nodata value: of the dataset, of the alpha band, or its own; of an overview
/// (from 0), or at `level` < 0 of the full resolution. Null without one, and for the alpha band itself.
GDALRasterBand* mask_of(GDALDataset& dataset, int band, int level);

/// Whether a mask or alpha band, and not only nodata, tells which pixels of the dataset are valid.
bool has_mask(GDALDataset& dataset);

} // namespace landfall::raster
