#pragma once
/// What a probe learns of a file: plain values that cross process boundaries as JSON, by their field tables, which are
/// also the form in which assets and items keep them. The bounds hold for whatever an honest probe finds. No GDAL here.

#include "schema/fields.hpp"

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
constexpr auto describe(schema::Of<BandStatistics>) {
    using S = BandStatistics;
    constexpr schema::Rules kNumber{.null_default = true};
    return schema::fields(schema::field("min", &S::min, kNumber), schema::field("max", &S::max, kNumber),
                          schema::field("mean", &S::mean, kNumber), schema::field("std", &S::std, kNumber),
                          schema::field("p2", &S::p2, kNumber), schema::field("p98", &S::p98, kNumber),
                          schema::field("valid", &S::valid, {.min = 0, .max = 1, .null_default = true}),
                          schema::field("exact", &S::exact));
}

struct ColorEntry {
    int value = 0;
    std::array<std::uint8_t, 4> rgba{};
    std::string label; ///< from a raster attribute table; may be empty
};
constexpr auto describe(schema::Of<ColorEntry>) {
    return schema::fields(schema::field("value", &ColorEntry::value), schema::field("rgba", &ColorEntry::rgba),
                          schema::field("label", &ColorEntry::label, {.max_length = 256, .sparse = true}));
}

struct BandFacts {
    std::string name;        ///< never empty: description, else a role or `b<N>`; unique within the file
    std::string description; ///< as the file has it
    std::string data_type;   ///< STAC names: uint8, int8, int16, uint16, int32, uint32, float32, float64, cint16, …
    std::optional<double> nodata;        ///< may be NaN: written as the string "nan" in JSON
    std::optional<double> scale, offset; ///< absent when 1 and 0
    std::string unit;
    std::string color_interpretation; ///< red, green, blue, alpha, gray, palette, nir, undefined, …
    std::vector<ColorEntry> colors;   ///< colour table, at most 65 536 entries
    std::optional<BandStatistics> statistics;
};
constexpr auto describe(schema::Of<BandFacts>) {
    using B = BandFacts;
    constexpr schema::Rules kText{.max_length = 4096, .sparse = true};
    constexpr schema::Rules kNumber{.sparse = true, .any_number = true};
    return schema::fields(
        schema::field("name", &B::name, {.required = true, .min_length = 1, .max_length = 4096}),
        schema::field("data_type", &B::data_type, {.required = true, .min_length = 1, .max_length = 32}),
        schema::field("description", &B::description, kText), schema::field("nodata", &B::nodata, kNumber),
        schema::field("scale", &B::scale, kNumber), schema::field("offset", &B::offset, kNumber),
        schema::field("unit", &B::unit, kText),
        schema::field("color_interpretation", &B::color_interpretation, {.max_length = 64, .sparse = true}),
        schema::field("colors", &B::colors, {.max_items = 65'536, .sparse = true}),
        schema::field("statistics", &B::statistics, {.sparse = true}));
}

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
constexpr auto describe(schema::Of<RasterFacts>) {
    using R = RasterFacts;
    constexpr schema::Rules kSide{.required = true, .min = 1, .max = 2'147'483'647};
    return schema::fields(schema::field("width", &R::width, kSide), schema::field("height", &R::height, kSide),
                          schema::field("band_count", &R::band_count, {.required = true, .min = 0, .max = 65'535}),
                          schema::field("has_mask", &R::has_mask), schema::field("is_cog", &R::is_cog),
                          schema::field("overviews", &R::overviews, {.min = 0, .max = 2'147'483'647, .max_items = 64}),
                          schema::field("block_width", &R::block_width, {.min = 0}),
                          schema::field("block_height", &R::block_height, {.min = 0}),
                          schema::field("compression", &R::compression, {.max_length = 64}),
                          schema::field("gcps_only", &R::gcps_only), schema::field("renderable", &R::renderable),
                          schema::field("sampled_only", &R::sampled_only),
                          schema::field("looks_categorical", &R::looks_categorical),
                          schema::field("not_drawn", &R::not_drawn, {.max_length = 4096, .sparse = true}),
                          schema::field("transform", &R::transform, {.sparse = true}),
                          schema::field("bands", &R::bands, {.max_items = 1024}));
}

struct FieldFacts {
    std::string name;
    std::string type; ///< string, integer, number, date, datetime, boolean, binary
};
constexpr auto describe(schema::Of<FieldFacts>) {
    return schema::fields(schema::field("name", &FieldFacts::name, {.max_length = 4096}),
                          schema::field("type", &FieldFacts::type, {.max_length = 32}));
}

struct LayerFacts {
    std::string name;
    std::string geometry_type; ///< GeoJSON name or "Geometry"
    std::int64_t feature_count = 0;
    std::int64_t field_count = 0;   ///< that there are; 0 in facts of earlier versions
    std::vector<FieldFacts> fields; ///< the first of them
};
constexpr auto describe(schema::Of<LayerFacts>) {
    using L = LayerFacts;
    return schema::fields(schema::field("name", &L::name, {.max_length = 4096}),
                          schema::field("geometry_type", &L::geometry_type, {.max_length = 64}),
                          schema::field("feature_count", &L::feature_count),
                          schema::field("field_count", &L::field_count, {.min = 0, .sparse = true}),
                          schema::field("fields", &L::fields, {.max_items = 512}));
}

struct VectorFacts {
    std::int64_t layer_count = 0;   ///< that there are; 0 in facts of earlier versions
    std::vector<LayerFacts> layers; ///< the first of them
};
constexpr auto describe(schema::Of<VectorFacts>) {
    return schema::fields(schema::field("layer_count", &VectorFacts::layer_count, {.min = 0, .sparse = true}),
                          schema::field("layers", &VectorFacts::layers, {.max_items = 256}));
}
/// What a probe lists of layers and fields as JSON text, bytes: they stand in the item's document, and in each page
/// that shows it. What is beyond is told as a count.
inline constexpr std::size_t kMaxLayerText = 128 * 1024;

/// A coordinate reference system as users write it, characters.
inline constexpr std::size_t kMaxCrsText = 64 * 1024;

/// The result of probing one primary file. Exactly one of `raster` and `vector` is present.
struct Facts {
    std::string driver;     ///< GDAL's short name: GTiff, JP2OpenJPEG, PNG, GPKG, …
    std::string media_type; ///< of the primary file
    std::optional<int> epsg;
    std::string crs_wkt; ///< WKT2; empty if unknown
    std::string crs_name;
    std::string given_crs; ///< a code or WKT that a user gave and that was taken instead of the file's own
    std::optional<Json>
        geometry; ///< footprint, GeoJSON Polygon or MultiPolygon in EPSG:4326 (RFC 7946, antimeridian cut)
    std::optional<std::array<double, 4>>
        bbox; ///< west, south, east, north in degrees; west > east across the antimeridian
    std::optional<std::array<double, 4>> native_bbox;        ///< minx, miny, maxx, maxy in the file's CRS
    std::optional<double> gsd;                               ///< metres on the ground at the centre
    std::optional<std::string> datetime;                     ///< RFC 3339, when the pixels were taken
    std::optional<std::string> start_datetime, end_datetime; ///< the same over a while; `datetime` is absent then
    std::optional<RasterFacts> raster;
    std::optional<VectorFacts> vector;
    std::vector<std::string> warnings; ///< our own sentences, for the user
};

constexpr auto describe(schema::Of<Facts>) {
    using F = Facts;
    constexpr schema::Rules kMaybe{.sparse = true};
    return schema::fields(schema::field("driver", &F::driver, {.required = true, .min_length = 1, .max_length = 64}),
                          schema::field("media_type", &F::media_type, {.max_length = 200}),
                          schema::field("epsg", &F::epsg, kMaybe),
                          schema::field("crs_wkt", &F::crs_wkt, {.max_length = 65'536, .sparse = true}),
                          schema::field("crs_name", &F::crs_name, {.max_length = 4096, .sparse = true}),
                          schema::field("given_crs", &F::given_crs, {.max_length = kMaxCrsText, .sparse = true}),
                          schema::field("geometry", &F::geometry, kMaybe), schema::field("bbox", &F::bbox, kMaybe),
                          schema::field("native_bbox", &F::native_bbox, kMaybe),
                          schema::field("gsd", &F::gsd, {.sparse = true, .any_number = true}),
                          schema::field("datetime", &F::datetime, {.max_length = 64, .sparse = true}),
                          schema::field("start_datetime", &F::start_datetime, {.max_length = 64, .sparse = true}),
                          schema::field("end_datetime", &F::end_datetime, {.max_length = 64, .sparse = true}),
                          schema::field("raster", &F::raster, kMaybe), schema::field("vector", &F::vector, kMaybe),
                          schema::field("warnings", &F::warnings, {.max_length = 65'536, .max_items = 4096}));
}

/// What the table cannot say of a probe's answer: one of raster and vector, a media type that `sniff` knows, a
/// footprint that is one, numbers that agree with each other. InvalidArgument with a sentence otherwise.
Status check(const Facts& facts);

/// Facts as an asset keeps them. Internal if the text was not made of some.
Result<Facts> facts_from_text(std::string_view text);

/// Whether the band that the file calls alpha turned out to be infrared, so that it hides nothing.
bool has_infrared_alpha(const Facts& facts);

/// Whether a band's numbers are complex.
bool is_complex(const BandFacts& band);

} // namespace landfall::imagery
