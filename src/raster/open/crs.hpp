#pragma once
/// Coordinate reference systems: what they are, and the way from them to longitude and latitude.

#include <memory>
#include <optional>
#include <string>

class OGRSpatialReference;
class OGRCoordinateTransformation;

namespace landfall::raster {

struct CrsFacts {
    std::string wkt; ///< WKT2:2019 on one line
    std::string name;
    std::optional<int> epsg; ///< given by the file, or found where no doubt is left
    bool on_earth = false;   ///< the ellipsoid has the size of the Earth's
    bool geographic = false; ///< coordinates are angles
};

CrsFacts describe_crs(const OGRSpatialReference& crs);

struct CrsDeleter {
    void operator()(OGRSpatialReference* crs) const;
    void operator()(OGRCoordinateTransformation* transformation) const;
};
using CrsHandle = std::unique_ptr<OGRSpatialReference, CrsDeleter>;
using TransformationHandle = std::unique_ptr<OGRCoordinateTransformation, CrsDeleter>;

/// The EPSG entry that has the name of a system without a code but another definition, if there is one.
std::optional<int> contradicted_code(const OGRSpatialReference& crs);

/// A copy with axes in the traditional order (x or longitude first).
CrsHandle copy_crs(const OGRSpatialReference& crs);
/// Whether GDAL can note the system in a GeoTIFF so that it is read again.
bool fits_geotiff(const OGRSpatialReference& crs);
/// WGS 84, longitude first.
CrsHandle wgs84();
/// From the text of a .prj file (WKT, ESRI's own, or ArcInfo's lines of keywords). Empty if it is none. Never reads a
/// file or the network.
CrsHandle crs_from_prj(const std::string& text);

/// From a code (`EPSG:2056`, `2056`, `ESRI:102008`) or WKT, as users write it. Empty if it is none. Never reads a file
/// or the network.
CrsHandle crs_from_text(const std::string& text);

/// A system that a user gave, as text.
struct GivenCrs {
    std::string text;      ///< empty: none
    bool for_none = false; ///< only for what declares none itself

    /// What is to be taken in place of what is declared, or not declared. Empty: nothing.
    CrsHandle instead(bool declared) const;
};

/// Length of once around the world along x in the units of a system whose x is proportional to longitude, else 0.
double world_width(const OGRSpatialReference& crs);

/// To WGS 84 longitude and latitude in degrees. Empty if there is no way (another planet, a local system).
TransformationHandle to_lonlat(const OGRSpatialReference& crs);

} // namespace landfall::raster
