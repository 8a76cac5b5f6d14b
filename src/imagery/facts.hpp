#pragma once
/// What a probe learns of a file: plain values that cross process boundaries as JSON. No GDAL here.

#include "schema/json.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

/// Statistics of one band in raw values (scale and offset not applied), nodata and masked pixels left out.
struct BandStatistics {
    double min = 0, max = 0, mean = 0, std = 0;
    double p2 = 0, p98 = 0; ///< 2nd and 98th percentile
    double valid = 0;       ///< share of pixels that are valid, 0..1
    bool exact = false;     ///< from all pixels, not from a sample
};

struct ColorEntry {
    int value = 0;
    std::array<std::uint8_t, 4> rgba{};
    std::string label; ///< from a raster attribute table; may be empty
};

struct BandFacts {
    std::string name;        ///< never empty: description, else a role or `b<N>`; unique within the file
    std::string description; ///< as the file has it
    std::string data_type;   ///< STAC names: uint8, int8, int16, uint16, int32, uint32, float32, float64, cint16, …
    std::optional<double> nodata;        ///< may be NaN: written as the string "nan" in JSON
    std::optional<double> scale, offset; ///< absent when 1 and 0
    std::string unit;
    std::string color_interpretation; ///< red, green, blue, alpha, gray, palette, undefined, …
    std::vector<ColorEntry> colors;   ///< colour table, at most 65 536 entries
    std::optional<BandStatistics> statistics;
};

struct RasterFacts {
    std::int64_t width = 0, height = 0;
    std::vector<BandFacts> bands; ///< at most 1 024; `band_count` tells how many there are
    int band_count = 0;
    bool has_mask = false;      ///< a mask or alpha band, not only nodata, tells validity
    bool is_cog = false;        ///< valid cloud-optimized GeoTIFF, tiled, with overviews if larger than 512 px
    std::vector<int> overviews; ///< decimation factors, ascending
    int block_width = 0, block_height = 0;
    std::string compression;
    /// Affine transform, GDAL order: x = t0 + col*t1 + row*t2, y = t3 + col*t4 + row*t5. Absent without georeference
    /// or with ground control points only.
    std::optional<std::array<double, 6>> transform;
    bool gcps_only = false;
    bool renderable = false;   ///< has what a Web Mercator tile needs, and a real (not complex) type
    std::string not_drawn;     ///< the sentence that tells the user why it is not renderable
    bool sampled_only = false; ///< larger than the full-decode budget: statistics come from a sample
    bool looks_categorical = false;
};

struct FieldFacts {
    std::string name;
    std::string type; ///< string, integer, number, date, datetime, boolean, binary
};

struct LayerFacts {
    std::string name;
    std::string geometry_type; ///< GeoJSON name or "Geometry"
    std::int64_t feature_count = 0;
    std::vector<FieldFacts> fields; ///< at most 512
};

struct VectorFacts {
    std::vector<LayerFacts> layers; ///< at most 256
};

/// The result of probing one primary file. Exactly one of `raster` and `vector` is present.
struct Facts {
    std::string driver;     ///< GDAL's short name: GTiff, JP2OpenJPEG, PNG, GPKG, …
    std::string media_type; ///< of the primary file
    std::optional<int> epsg;
    std::string crs_wkt; ///< WKT2; empty if unknown
    std::string crs_name;
    std::optional<Json>
        geometry; ///< footprint, GeoJSON Polygon or MultiPolygon in EPSG:4326 (RFC 7946, antimeridian cut)
    std::optional<std::array<double, 4>>
        bbox; ///< west, south, east, north in degrees; west > east across the antimeridian
    std::optional<std::array<double, 4>> native_bbox; ///< minx, miny, maxx, maxy in the file's CRS
    std::optional<double> gsd;                        ///< metres on the ground at the centre
    std::optional<std::string> datetime;              ///< RFC 3339, from metadata
    std::optional<RasterFacts> raster;
    std::optional<VectorFacts> vector;
    std::vector<std::string> warnings; ///< our own sentences, for the user
};

Json to_json(const BandStatistics& statistics);
Json to_json(const BandFacts& band);
Json to_json(const Facts& facts);
BandStatistics statistics_from_json(const Json& json);
BandFacts band_from_json(const Json& json);
/// Internal if the text was not made by `to_json`.
Result<Facts> facts_from_json(const Json& json);

/// Whether a band's numbers are complex.
bool is_complex(const BandFacts& band);

} // namespace landfall::imagery
