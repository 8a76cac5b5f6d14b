#include "imagery/analysis/spectral_indices.hpp"

namespace landfall::imagery {
namespace {

constexpr SpectralIndex kIndices[] = {
    {"ndvi", "Normalized difference vegetation index", "(NIR - RED) / (NIR + RED)", "vegetation", "rdylgn"},
    {"gndvi", "Green normalized difference vegetation index", "(NIR - GREEN) / (NIR + GREEN)", "vegetation", "rdylgn"},
    {"evi", "Enhanced vegetation index", "2.5 * (NIR - RED) / (NIR + 6 * RED - 7.5 * BLUE + 1)", "vegetation",
     "rdylgn"},
    {"savi", "Soil-adjusted vegetation index", "1.5 * (NIR - RED) / (NIR + RED + 0.5)", "vegetation", "rdylgn"},
    {"ndre", "Normalized difference red edge index", "(NIR - REDEDGE1) / (NIR + REDEDGE1)", "vegetation", "rdylgn"},
    {"cire", "Red edge chlorophyll index", "REDEDGE3 / REDEDGE1 - 1", "vegetation", "rdylgn", 0, 8},
    {"ndwi", "Normalized difference water index", "(GREEN - NIR) / (GREEN + NIR)", "water", "rdbu"},
    {"mndwi", "Modified normalized difference water index", "(GREEN - SWIR1) / (GREEN + SWIR1)", "water", "rdbu"},
    {"ndmi", "Normalized difference moisture index", "(NIR - SWIR1) / (NIR + SWIR1)", "moisture", "rdbu"},
    {"nbr", "Normalized burn ratio", "(NIR - SWIR2) / (NIR + SWIR2)", "burn", "rdylgn"},
    {"ndsi", "Normalized difference snow index", "(GREEN - SWIR1) / (GREEN + SWIR1)", "snow", "blues"},
    {"ndbi", "Normalized difference built-up index", "(SWIR1 - NIR) / (SWIR1 + NIR)", "urban", "rdylgn_r"},
};

} // namespace

std::span<const SpectralIndex> spectral_indices() {
    return kIndices;
}

} // namespace landfall::imagery
