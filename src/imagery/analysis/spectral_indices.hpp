#pragma once
/// The spectral indices (`geopera.md` section 11) with who proposed them. Pure, no GDAL.

#include "core/result.hpp"

#include <span>
#include <string_view>

namespace landfall::imagery {

/// An index over bands by their roles. Formulas see reflectances: those with constants beside bands (EVI, SAVI, …) are
/// right only where scale and offset make 0..1 of the stored values.
struct SpectralIndex {
    std::string_view id;       ///< `ndvi`
    std::string_view name;     ///< `Normalized difference vegetation index`
    std::string_view formula;  ///< `(NIR - RED) / (NIR + RED)`: roles in upper case
    std::string_view category; ///< vegetation, water, moisture, burn, snow, soil, urban
    std::string_view colormap; ///< in which it is usually read
    std::string_view source;   ///< who proposed it where
    double low = -1, high = 1; ///< the values that it is usually stretched between
};

/// All of them, the best known of each category first.
std::span<const SpectralIndex> spectral_indices();

/// In any case. NotFound names those that there are.
Result<const SpectralIndex*> find_index(std::string_view id);

} // namespace landfall::imagery
