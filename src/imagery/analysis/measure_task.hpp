#pragma once
/// What the server asks a worker to measure of a raster: statistics of bands, or of a formula over them, inside of
/// zones.

#include "imagery/tasks.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

/// The file of the folder that holds the zones: a JSON array of GeoJSON Polygons and MultiPolygons in degrees.
inline constexpr std::string_view kZonesFile = "zones.json";

/// Most zones of one call, and most values that they ask for in all.
inline constexpr std::size_t kMostZones = 1000;
inline constexpr std::int64_t kMostMeasuredPixels = std::int64_t{64} << 20;
inline constexpr std::size_t kMostPercentiles = 101;
inline constexpr std::size_t kMostClasses = 4096;

/// Which pixels belong to a zone.
enum class ZonePixels {
    Covered, ///< each by the fraction that the zone covers
    Centred  ///< those whose centre lies in the zone
};
constexpr auto enum_names(schema::Of<ZonePixels>) {
    return std::array{schema::EnumName<ZonePixels>{ZonePixels::Covered, "covered"},
                      schema::EnumName<ZonePixels>{ZonePixels::Centred, "centred"}};
}

struct MeasureArguments {
    WorkerFiles files;
    Rendering rendering; ///< its bands (none: all that hold data), expression and nodata
    TileFacts facts;
    bool whole = false; ///< the whole raster is the only zone, and there is no file of zones
    ZonePixels pixels = ZonePixels::Covered;
    std::vector<double> percentiles; ///< 0..100
    int histogram_bins = 0;
    bool classes = false;                               ///< the share of each value
    std::optional<std::int64_t> max_pixels;             ///< a zone of more is read coarser
    std::optional<std::array<double, 4>> ground_bounds; ///< of the raster: west, south, east, north in degrees
};
constexpr auto describe(schema::Of<MeasureArguments>) {
    using A = MeasureArguments;
    using schema::field;
    return schema::fields(field("files", &A::files, {.required = true}), field("rendering", &A::rendering),
                          field("facts", &A::facts), field("whole", &A::whole), field("pixels", &A::pixels),
                          field("percentiles", &A::percentiles, {.min = 0, .max = 100, .max_items = kMostPercentiles}),
                          field("histogram_bins", &A::histogram_bins, {.min = 0, .max = 1024}),
                          field("classes", &A::classes),
                          field("max_pixels", &A::max_pixels, {.min = 1, .sparse = true}),
                          field("ground_bounds", &A::ground_bounds, {.sparse = true}));
}

struct ValueShare {
    double value = 0, share = 0;
};
constexpr auto describe(schema::Of<ValueShare>) {
    return schema::fields(schema::field("v", &ValueShare::value), schema::field("s", &ValueShare::share));
}

/// What was found of one band in one zone. Without a valid pixel `count` is 0 and the others mean nothing.
struct MeasuredBand {
    double covered = 0;      ///< pixels of the zone within the raster, valid or not
    double count = 0;        ///< of them the valid ones, by their fractions
    std::int64_t pixels = 0; ///< valid pixels that the zone touches
    double sum = 0, mean = 0, min = 0, max = 0, std = 0, median = 0;
    double majority = 0, minority = 0;
    std::int64_t variety = 0;
    std::vector<double> percentiles; ///< as they were asked for
    std::vector<double> counts, edges;
    std::vector<ValueShare> classes; ///< ascending; none where there are more than kMostClasses values
};
constexpr auto describe(schema::Of<MeasuredBand>) {
    using B = MeasuredBand;
    using schema::field;
    constexpr schema::Rules kNumber{.required = true};
    return schema::fields(
        field("covered", &B::covered, {.required = true, .min = 0}),
        field("count", &B::count, {.required = true, .min = 0}),
        field("pixels", &B::pixels, {.required = true, .min = 0}), field("sum", &B::sum, kNumber),
        field("mean", &B::mean, kNumber), field("min", &B::min, kNumber), field("max", &B::max, kNumber),
        field("std", &B::std, kNumber), field("median", &B::median, kNumber), field("majority", &B::majority, kNumber),
        field("minority", &B::minority, kNumber), field("variety", &B::variety, {.required = true, .min = 0}),
        field("percentiles", &B::percentiles, {.max_items = kMostPercentiles, .sparse = true}),
        field("counts", &B::counts, {.max_items = 1024, .sparse = true}),
        field("edges", &B::edges, {.max_items = 1025, .sparse = true}),
        field("classes", &B::classes, {.max_items = kMostClasses, .sparse = true}));
}

struct MeasuredZone {
    bool touches = false;            ///< the raster
    std::vector<MeasuredBand> bands; ///< in the order of `MeasureAnswer::bands`
};
constexpr auto describe(schema::Of<MeasuredZone>) {
    return schema::fields(schema::field("touches", &MeasuredZone::touches, {.required = true}),
                          schema::field("bands", &MeasuredZone::bands, {.max_items = 1024}));
}

struct MeasureAnswer {
    std::vector<int> bands; ///< numbers from 1; of a formula a single 0
    bool approximate = false;
    std::vector<MeasuredZone> zones;
};
constexpr auto describe(schema::Of<MeasureAnswer>) {
    using A = MeasureAnswer;
    return schema::fields(
        schema::field("bands", &A::bands, {.required = true, .min = 0, .max = 65'535, .max_items = 1024}),
        schema::field("approximate", &A::approximate, {.required = true}),
        schema::field("zones", &A::zones, {.required = true, .max_items = kMostZones}));
}
/// InvalidArgument unless every zone that touches the raster has as many bands as the answer.
Status check(const MeasureAnswer& answer);

/// Statistics of a raster. InvalidArgument for formulas and bands that do not fit it, for zones that ask for more
/// pixels than are measured at once, and for a file that can't be read.
inline constexpr schema::TaskSpec<MeasureArguments, MeasureAnswer> kMeasure{"measure"};

struct BoxPictureArguments {
    WorkerFiles files;
    Rendering rendering; ///< an expression or one band, coloured
    TileFacts facts;
    int max_size = 2048;                                ///< pixels of the longer side
    std::optional<std::array<double, 4>> ground_bounds; ///< as above
};
constexpr auto describe(schema::Of<BoxPictureArguments>) {
    using A = BoxPictureArguments;
    using schema::field;
    return schema::fields(field("files", &A::files, {.required = true}), field("rendering", &A::rendering),
                          field("facts", &A::facts), field("max_size", &A::max_size, {.min = 1, .max = 4096}),
                          field("ground_bounds", &A::ground_bounds, {.sparse = true}));
}

struct BoxPictureAnswer {
    std::string file; ///< in the folder: a PNG
    int width = 0, height = 0;
};
constexpr auto describe(schema::Of<BoxPictureAnswer>) {
    using A = BoxPictureAnswer;
    constexpr schema::Rules kSide{.required = true, .min = 1, .max = 4096};
    return schema::fields(schema::field("file", &A::file, {.required = true, .min_length = 1, .max_length = 64}),
                          schema::field("width", &A::width, kSide), schema::field("height", &A::height, kSide));
}
/// InvalidArgument unless the file has the name that it is known by.
Status check(const BoxPictureAnswer& answer);

/// Draws the pixels in a box, the only zone of the folder's file. InvalidArgument as for `kMeasure`, and if the box
/// holds none.
inline constexpr schema::TaskSpec<BoxPictureArguments, BoxPictureAnswer> kDrawBox{"box_picture"};

} // namespace landfall::imagery
