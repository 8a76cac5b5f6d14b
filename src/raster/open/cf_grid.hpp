#pragma once
/// Where a netCDF variable lies by the CF conventions, in what GDAL's reader leaves out or believes too easily.

#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::raster {

struct CfGrid {
    enum class Axes {
        Unknown,        ///< no coordinates that say where the variable lies
        Even,           ///< one coordinate a column and one a row, evenly spaced
        Uneven,         ///< the same, not evenly spaced
        TwoDimensional, ///< coordinates for each pixel: a swath
    };
    Axes axes = Axes::Unknown;
    std::optional<std::array<double, 6>> transform; ///< of an even grid in degrees, north up
    bool ascending = false;                         ///< the rows of the file go from south to north
    std::vector<std::string> stated_ranges;         ///< axes with an `actual_range`, which GDAL prefers to the values
    CrsHandle crs; ///< of a rotated pole that names no ellipsoid, on GRS 80; GDAL takes none then
};

/// Reads the coordinates of an open variable. Never fails: what cannot be read is unknown.
CfGrid read_cf_grid(GDALDataset& variable);

/// An open variable in the place that its coordinates give it: they win over an `actual_range` that contradicts them,
/// and place what GDAL cannot. `warnings` gets sentences for the user about both.
DatasetHandle placed_by_coordinates(DatasetHandle variable, std::vector<std::string>& warnings);

} // namespace landfall::raster
