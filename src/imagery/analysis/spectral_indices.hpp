#pragma once
/// The standard spectral indices (`geopera.md` section 11). Pure, no GDAL.

#include <span>
#include <string_view>

namespace landfall::imagery {

/// An index over bands by their roles.
struct SpectralIndex {
    std::string_view id;       ///< `ndvi`
    std::string_view name;     ///< `Normalized difference vegetation index`
    std::string_view formula;  ///< `(NIR - RED) / (NIR + RED)`: roles in upper case
    std::string_view category; ///< vegetation, water, moisture, burn, snow, urban
    std::string_view colormap; ///< in which it is usually read
    double low = -1, high = 1; ///< the values that it is usually stretched between
};

/// All of them, the best known first.
std::span<const SpectralIndex> spectral_indices();

} // namespace landfall::imagery
