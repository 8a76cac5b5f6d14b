#pragma once
/// What a raster says of its bands, statistics aside.

#include "imagery/facts.hpp"
#include "raster/vocabulary.hpp"

#include <string>
#include <vector>

class GDALDataset;
class GDALRasterBand;

namespace landfall::raster {

inline constexpr int kMaxListedBands = 1024;

/// The bands' facts without statistics, at most kMaxListedBands. Names are the file's descriptions, of netCDF the
/// coordinates (`time=1999-01-16`), else the colour roles (red, green, blue, alpha; gray if it stands alone), else
/// b1…bN, and are unique.
std::vector<BandFacts> read_bands(GDALDataset& dataset);

/// The type of a band's pixels by the name that STAC's raster extension has for it.
std::string stac_type(GDALRasterBand& band);

/// Whether colours of single values, category names or a thematic attribute table make the first band a map of classes.
bool has_classes(GDALDataset& dataset);

} // namespace landfall::raster
