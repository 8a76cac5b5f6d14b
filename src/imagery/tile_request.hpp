#pragma once
/// What a rendered map tile is asked for: plain values that cross process boundaries as JSON. No GDAL here.

#include "schema/fields.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

enum class TileFormat { Png, Webp, Jpeg };
constexpr auto enum_names(schema::Of<TileFormat>) {
    return std::array{schema::EnumName<TileFormat>{TileFormat::Png, "png"},
                      schema::EnumName<TileFormat>{TileFormat::Webp, "webp"},
                      schema::EnumName<TileFormat>{TileFormat::Jpeg, "jpeg"}};
}
/// `image/png`, `image/webp` or `image/jpeg`.
std::string_view media_type_of(TileFormat format);
/// Whether bytes begin as a picture of that format does.
bool begins_as(TileFormat format, std::string_view bytes);

/// What is made of elevations before they become colours. `Rendering::algorithm_params` where it is not left out.
struct TerrainParams {
    double azimuth = 315;           ///< of the light, degrees clockwise from north
    double altitude = 45;           ///< of the light, degrees above the horizon
    double z_factor = 1;            ///< metres of one unit of the values, or an exaggeration
    bool multidirectional = false;  ///< light from four sides
    std::optional<double> interval; ///< between contours, in values; absent: some twenty between low and high
    double base = 0;                ///< a value that has a contour
    bool invert = false;            ///< terrainrgb: depths become heights
};
constexpr auto describe(schema::Of<TerrainParams>) {
    using T = TerrainParams;
    using schema::field;
    return schema::fields(
        field("azimuth", &T::azimuth, {.text = "Of the light, degrees clockwise from north", .min = -360, .max = 720}),
        field("altitude", &T::altitude, {.text = "Of the light, degrees above the horizon", .min = 0, .max = 90}),
        field("z_factor", &T::z_factor,
              {.text = "Metres of one unit of the values, or an exaggeration", .max = 1e6, .exclusive_min = 0}),
        field("multidirectional", &T::multidirectional, {.text = "Light from four sides"}),
        field("interval", &T::interval,
              {.text = "Between contours, in units of the values", .max = 1e9, .exclusive_min = 0, .sparse = true}),
        field("base", &T::base, {.text = "A value that has a contour", .min = -1e9, .max = 1e9}),
        field("invert", &T::invert, {.text = "terrainrgb: depths become heights"}));
}

/// What `Rendering::algorithm` may say.
inline constexpr std::array<std::string_view, 6> kAlgorithms{"hillshade", "slope",  "aspect",
                                                             "contours",  "relief", "terrainrgb"};

/// How pixel values become colours. Empty members mean automatic, from the file's own facts.
struct Rendering {
    std::vector<int> bands;                     ///< 1-based; empty: automatic; one: through a colormap; three: RGB
    std::string expression;                     ///< band math over names and b1…bN; beats `bands`
    std::vector<std::array<double, 2>> rescale; ///< one pair for all, or one a band; empty: p2..p98 of the statistics
    std::string colormap;                       ///< a name, or empty: the file's palette, else gray
    double gamma = 1.0;
    double contrast = 0;          ///< sigmoidal, around the middle of the stretch; 0: none
    double saturation = 1;        ///< of three bands; 0: gray
    std::optional<double> nodata; ///< overrides the file's
    std::string resampling;       ///< a name of imagery/resampling.hpp; empty: by data kind
    std::string algorithm;        ///< one of kAlgorithms; empty: the values themselves
    std::optional<TerrainParams> algorithm_params;
};
constexpr auto describe(schema::Of<Rendering>) {
    using R = Rendering;
    return schema::fields(schema::field("bands", &R::bands, {.sparse = true}),
                          schema::field("expression", &R::expression, {.sparse = true}),
                          schema::field("rescale", &R::rescale, {.sparse = true}),
                          schema::field("colormap", &R::colormap, {.sparse = true}), schema::field("gamma", &R::gamma),
                          schema::field("contrast", &R::contrast), schema::field("saturation", &R::saturation),
                          schema::field("algorithm", &R::algorithm, {.one_of = kAlgorithms, .sparse = true}),
                          schema::field("algorithm_params", &R::algorithm_params, {.sparse = true}),
                          schema::field("nodata", &R::nodata, {.sparse = true, .any_number = true}),
                          schema::field("resampling", &R::resampling, {.sparse = true}));
}

/// What the renderer takes from the probe because it cannot cheaply read it itself.
struct TileFacts {
    /// The middle of a band's values; whatever is missing is sampled from the file.
    struct Range {
        std::optional<double> p2, p98;
    };
    /// A name under which expressions may mean a band, counted from 1.
    struct Alias {
        std::string name;
        int band = 0;
    };
    /// Of a value of the only band that is drawn; `rgba` as a Colormap has it.
    struct Color {
        int value = 0;
        std::uint32_t rgba = 0;
    };
    bool categorical = false;
    bool alpha_is_data = false; ///< the band that the file calls alpha hides nothing
    std::vector<Range> bands;
    std::vector<Alias> names;
    std::vector<Color> colors; ///< instead of the file's palette; empty: the file's own
};
constexpr auto describe(schema::Of<TileFacts::Range>) {
    return schema::fields(schema::field("p2", &TileFacts::Range::p2, {.sparse = true}),
                          schema::field("p98", &TileFacts::Range::p98, {.sparse = true}));
}
constexpr auto describe(schema::Of<TileFacts::Alias>) {
    return schema::fields(schema::field("name", &TileFacts::Alias::name),
                          schema::field("band", &TileFacts::Alias::band));
}
constexpr auto describe(schema::Of<TileFacts::Color>) {
    return schema::fields(schema::field("v", &TileFacts::Color::value), schema::field("c", &TileFacts::Color::rgba));
}
constexpr auto describe(schema::Of<TileFacts>) {
    return schema::fields(schema::field("categorical", &TileFacts::categorical),
                          schema::field("alpha_is_data", &TileFacts::alpha_is_data),
                          schema::field("colors", &TileFacts::colors, {.max_items = 65'536, .sparse = true}),
                          schema::field("bands", &TileFacts::bands, {.sparse = true}),
                          schema::field("names", &TileFacts::names, {.sparse = true}));
}

/// The longest area of interest of a picture as text, bytes.
inline constexpr std::size_t kMaxAoiText = 256 * 1024;

/// One Web Mercator (EPSG:3857) XYZ tile of one file.
struct TileRequest {
    std::string source;    ///< identity of the bytes and their place for the dataset pool; a new file has a new one
    std::string driver;    ///< GDAL driver that the probe found; the only one tried
    std::string extension; ///< `tif`, `jp2`, …: the name the file is shown under
    std::string crs;       ///< WKT to take instead of what the file says; empty: the file's own
    int z = 0;
    std::int64_t x = 0, y = 0; ///< row 0 at the north
    int size = 256;            ///< pixels a side
    TileFormat format = TileFormat::Webp;
    int quality = 82; ///< 1..100, JPEG and WebP; WebP 100 is lossless
    Rendering rendering;
    TileFacts facts;
    std::string aoi; ///< GeoJSON Polygon or MultiPolygon, degrees: what lies outside is clear; empty: all is shown
};
constexpr auto describe(schema::Of<TileRequest>) {
    using T = TileRequest;
    return schema::fields(
        schema::field("source", &T::source, {.required = true, .min_length = 1}),
        schema::field("driver", &T::driver, {.required = true, .min_length = 1}),
        schema::field("extension", &T::extension), schema::field("crs", &T::crs, {.sparse = true}),
        schema::field("z", &T::z, {.required = true, .min = 0, .max = 24}),
        schema::field("x", &T::x, {.required = true}), schema::field("y", &T::y, {.required = true}),
        schema::field("size", &T::size, {.min = 16, .max = 1024}), schema::field("format", &T::format),
        schema::field("quality", &T::quality, {.min = 1, .max = 100}), schema::field("rendering", &T::rendering),
        schema::field("facts", &T::facts), schema::field("aoi", &T::aoi, {.max_length = kMaxAoiText, .sparse = true}));
}
/// InvalidArgument if the tile lies outside its zoom's range, or the rendering has parameters that fit no file. Bands
/// and expressions are resolved against the file when it is open.
Status check(const TileRequest& request);

struct Tile {
    std::string bytes;
    TileFormat format = TileFormat::Png;
    bool empty = false; ///< no valid pixel: fully transparent (black for JPEG)
};

} // namespace landfall::imagery
