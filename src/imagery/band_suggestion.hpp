#pragma once
/// What the bands of a file are probably called (`items.detect_asset_bands`, geopera.md section 7.5). Pure, no GDAL.

#include "imagery/facts.hpp"

#include <string>
#include <vector>

namespace landfall::imagery {

/// A name for each listed band, all of them different. What the file says of a band is believed (`common_names`); where
/// it says nothing at all, bands are told by how much they reflect: over land blue least and near infrared most, in the
/// orders in which sensors deliver them. Bands that nothing tells keep their names.
std::vector<std::string> suggested_band_names(const RasterFacts& raster);

} // namespace landfall::imagery
