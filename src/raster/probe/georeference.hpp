#pragma once
/// Where a raster lies: its transform or control points, reference system, footprint and ground resolution.

#include "raster/open/crs.hpp"
#include "raster/probe/footprint.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

class GDALDataset;

namespace landfall::raster {

struct Georeference {
    std::optional<std::array<double, 6>> transform; ///< GDAL's order; absent without one, or if it is degenerate
    bool gcps_only = false;
    CrsFacts crs;
    bool crs_from_prj = false; ///< the file itself names none
    bool crs_is_given = false; ///< by a user
    std::optional<Footprint> footprint;
    std::optional<std::array<double, 4>> native_bbox; ///< minx, miny, maxx, maxy
    std::optional<double> gsd;                        ///< metres at the centre
    std::vector<std::string> warnings;                ///< sentences for the user that say why something is missing
};

/// Reads the georeference of an open raster. `prj_text`: content of a .prj sidecar, used if the file names no system;
/// `given`: what a user gave instead, which no camera model heeds. Never fails: what is missing stays empty and a
/// warning says so.
Georeference read_georeference(GDALDataset& dataset, const std::string& prj_text, const GivenCrs& given);

} // namespace landfall::raster
