#pragma once
/// What a raster says of its bands, statistics aside.

#include "imagery/facts.hpp"
#include "raster/vocabulary.hpp"

class GDALDataset;

namespace landfall::raster {

inline constexpr int kMaxListedBands = 1024;

/// The bands' facts without statistics, at most kMaxListedBands. Names are the file's descriptions, else the colour
/// roles (red, green, blue, alpha; gray if it stands alone), else b1…bN, and are unique.
std::vector<BandFacts> read_bands(GDALDataset& dataset);

/// Whether a palette, category names or a thematic attribute table makes the first band a map of classes.
bool has_classes(GDALDataset& dataset);

} // namespace landfall::raster
