#pragma once
/// What the bands of a sensor show, told by what their file calls them. Pure, no GDAL.

#include "imagery/facts.hpp"

#include <string>
#include <vector>

namespace landfall::imagery {

/// STAC's common name (eo extension) of each band, empty where nothing tells it. At most one band is `red`, one
/// `green` and one `blue`, so that these make the natural picture. In the order in which they are believed:
/// - words of the description, else of the name: `Red` beats `Red-668` beats `red_1`; of `Blue-444` and `Blue-475` the
///   one in the middle of the colour
/// - the colour interpretations, if red, green and blue are there
/// - band numbers of Sentinel-2, Landsat and MODIS (`B04`, `B8A`, `SR_B4`, `sur_refl_b01`)
/// - wavelengths (`652.3 nm`)
std::vector<std::string> common_names(const std::vector<BandFacts>& bands);

} // namespace landfall::imagery
