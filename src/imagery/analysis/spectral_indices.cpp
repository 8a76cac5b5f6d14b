#include "imagery/analysis/spectral_indices.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::imagery {
namespace {

constexpr SpectralIndex kIndices[] = {
    {"ndvi", "Normalized difference vegetation index", "(NIR - RED) / (NIR + RED)", "vegetation", "rdylgn",
     "Rouse et al. 1974, NASA SP-351"},
    {"gndvi", "Green normalized difference vegetation index", "(NIR - GREEN) / (NIR + GREEN)", "vegetation", "rdylgn",
     "Gitelson, Kaufman and Merzlyak 1996, doi:10.1016/S0034-4257(96)00072-7"},
    {"evi", "Enhanced vegetation index", "2.5 * (NIR - RED) / (NIR + 6 * RED - 7.5 * BLUE + 1)", "vegetation", "rdylgn",
     "Huete et al. 2002, doi:10.1016/S0034-4257(02)00096-2"},
    {"evi2", "Two-band enhanced vegetation index", "2.5 * (NIR - RED) / (NIR + 2.4 * RED + 1)", "vegetation", "rdylgn",
     "Jiang et al. 2008, doi:10.1016/j.rse.2008.06.006"},
    {"savi", "Soil-adjusted vegetation index", "1.5 * (NIR - RED) / (NIR + RED + 0.5)", "vegetation", "rdylgn",
     "Huete 1988, doi:10.1016/0034-4257(88)90106-X"},
    {"osavi", "Optimized soil-adjusted vegetation index", "(NIR - RED) / (NIR + RED + 0.16)", "vegetation", "rdylgn",
     "Rondeaux, Steven and Baret 1996, doi:10.1016/0034-4257(95)00186-7"},
    {"msavi", "Modified soil-adjusted vegetation index",
     "(2 * NIR + 1 - sqrt((2 * NIR + 1) ** 2 - 8 * (NIR - RED))) / 2", "vegetation", "rdylgn",
     "Qi et al. 1994, doi:10.1016/0034-4257(94)90134-1"},
    {"arvi", "Atmospherically resistant vegetation index", "(NIR - 2 * RED + BLUE) / (NIR + 2 * RED - BLUE)",
     "vegetation", "rdylgn", "Kaufman and Tanre 1992, doi:10.1109/36.134076"},
    {"vari", "Visible atmospherically resistant index", "(GREEN - RED) / (GREEN + RED - BLUE)", "vegetation", "rdylgn",
     "Gitelson et al. 2002, doi:10.1016/S0034-4257(01)00289-9"},
    {"ndre", "Normalized difference red edge index", "(NIR - REDEDGE1) / (NIR + REDEDGE1)", "vegetation", "rdylgn",
     "Barnes et al. 2000, Proc. 5th Int. Conf. on Precision Agriculture"},
    {"cire", "Red edge chlorophyll index", "REDEDGE3 / REDEDGE1 - 1", "vegetation", "rdylgn",
     "Gitelson, Gritz and Merzlyak 2003, doi:10.1078/0176-1617-00887", 0, 8},
    {"cig", "Green chlorophyll index", "NIR / GREEN - 1", "vegetation", "rdylgn",
     "Gitelson, Gritz and Merzlyak 2003, doi:10.1078/0176-1617-00887", 0, 8},
    {"psri", "Plant senescence reflectance index", "(RED - BLUE) / REDEDGE2", "vegetation", "rdylgn_r",
     "Merzlyak et al. 1999, doi:10.1034/j.1399-3054.1999.106119.x"},
    {"ndwi", "Normalized difference water index", "(GREEN - NIR) / (GREEN + NIR)", "water", "rdbu",
     "McFeeters 1996, doi:10.1080/01431169608948714"},
    {"mndwi", "Modified normalized difference water index", "(GREEN - SWIR1) / (GREEN + SWIR1)", "water", "rdbu",
     "Xu 2006, doi:10.1080/01431160600589179"},
    {"awei", "Automated water extraction index", "4 * (GREEN - SWIR1) - (0.25 * NIR + 2.75 * SWIR2)", "water", "rdbu",
     "Feyisa et al. 2014, doi:10.1016/j.rse.2013.08.029"},
    {"ndci", "Normalized difference chlorophyll index", "(REDEDGE1 - RED) / (REDEDGE1 + RED)", "water", "rdylgn",
     "Mishra and Mishra 2012, doi:10.1016/j.rse.2011.10.016"},
    {"ndmi", "Normalized difference moisture index", "(NIR - SWIR1) / (NIR + SWIR1)", "moisture", "rdbu",
     "Gao 1996, doi:10.1016/S0034-4257(96)00067-3"},
    {"msi", "Moisture stress index", "SWIR1 / NIR", "moisture", "rdbu_r",
     "Hunt and Rock 1989, doi:10.1016/0034-4257(89)90046-1", 0, 3},
    {"nbr", "Normalized burn ratio", "(NIR - SWIR2) / (NIR + SWIR2)", "burn", "rdylgn",
     "Key and Benson 2006, USDA RMRS-GTR-164"},
    {"nbr2", "Normalized burn ratio 2", "(SWIR1 - SWIR2) / (SWIR1 + SWIR2)", "burn", "rdylgn",
     "USGS, Landsat Surface Reflectance-derived Spectral Indices"},
    {"bai", "Burned area index", "1 / ((0.1 - RED) ** 2 + (0.06 - NIR) ** 2)", "burn", "hot",
     "Chuvieco, Martin and Palacios 2002, doi:10.1080/01431160210153129", 0, 500},
    {"ndsi", "Normalized difference snow index", "(GREEN - SWIR1) / (GREEN + SWIR1)", "snow", "blues",
     "Hall, Riggs and Salomonson 1995, doi:10.1016/0034-4257(95)00137-P"},
    {"bsi", "Bare soil index", "((SWIR1 + RED) - (NIR + BLUE)) / ((SWIR1 + RED) + (NIR + BLUE))", "soil", "ylorbr",
     "Rikimaru, Roy and Miyatake 2002, Tropical Ecology 43(1)"},
    {"ndbi", "Normalized difference built-up index", "(SWIR1 - NIR) / (SWIR1 + NIR)", "urban", "rdylgn_r",
     "Zha, Gao and Ni 2003, doi:10.1080/01431160304987"},
};

} // namespace

std::span<const SpectralIndex> spectral_indices() {
    return kIndices;
}

Result<const SpectralIndex*> find_index(std::string_view id) {
    const std::string wanted = lower_case(id);
    const auto* const found = std::ranges::find(kIndices, std::string_view(wanted), &SpectralIndex::id);
    if (found != std::end(kIndices))
        return found;
    std::string known;
    for (const SpectralIndex& index : kIndices)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", index.id);
    return fail(Code::NotFound, fmt::format("There is no index '{}'. Known ones: {}.", clean_utf8(id, 60), known));
}

} // namespace landfall::imagery
