#include "domain/analysis/asset_urls.hpp"
#include "domain/analysis/measuring.hpp"
#include "imagery/analysis/sensors.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

#include <cmath>

namespace landfall::operations {
namespace {

constexpr std::string_view kOutputs[] = {"json", "png"};
constexpr std::string_view kMediaTypes[] = {"image/png", "application/json"};
constexpr schema::Rules kUrl{.text = "Href or signed URL of an asset of this server", .required = true};
constexpr schema::Rules kBox{.text = "{west, south, east, north} in degrees", .required = true};
constexpr schema::Rules kSensor{.text = "One of analytics.sensors.list: its band names and, where the file names none "
                                        "of them, its order",
                                .required = true};
constexpr schema::Rules kMaxSize{
    .text = "Pixels of the longer side; beyond it the raster is read coarser", .min = 1, .max = 4096};

/// Names under which a side of a box may come.
constexpr std::string_view kSides[4][3] = {{"west", "minx", "min_lon"},
                                           {"south", "miny", "min_lat"},
                                           {"east", "maxx", "max_lon"},
                                           {"north", "maxy", "max_lat"}};

Result<std::array<double, 4>> box_of(const Json& bbox) {
    std::array<double, 4> box{};
    for (std::size_t side = 0; side < box.size(); ++side) {
        box[side] = std::nan("");
        for (const auto name : kSides[side])
            if (const Json* value = bbox.find(name); value != nullptr && value->is_number())
                box[side] = value->as_number();
        if (!std::isfinite(box[side]))
            return fail_field("bbox", fmt::format("The box needs {} as a number of degrees", kSides[side][0]));
    }
    const auto [west, south, east, north] = box;
    if (south < -90 || north > 90 || !(south < north))
        return fail_field("bbox", "The box needs its south below its north, both from -90 to 90");
    if (west < -180 || west > 180 || east < -180 || east > 180 || west == east)
        return fail_field("bbox", "The box needs its west and east from -180 to 180; a west beyond the east crosses "
                                  "the antimeridian");
    return box;
}

/// What both operations ask for.
struct Computation {
    std::string url, formula, sensor, output_format;
    const Json& bbox;
    std::int64_t max_size;
    std::string colormap;
    std::optional<std::array<double, 2>> range;
};

struct ComputedStatistics {
    std::optional<double> min, max, mean, std;
    std::int64_t valid_pixels = 0;
};
constexpr auto describe(schema::Of<ComputedStatistics>) {
    using schema::field;
    using T = ComputedStatistics;
    return schema::fields(field("min", &T::min), field("max", &T::max), field("mean", &T::mean), field("std", &T::std),
                          field("valid_pixels", &T::valid_pixels, {.required = true}));
}

Result<ComputedStatistics> measure(domain::Call& call, const Computation& asked, const domain::AssetPlace& place,
                                   const std::array<double, 4>& box) {
    domain::MeasureTerms terms;
    terms.view.item_id = place.item_id;
    terms.view.asset_key = place.asset;
    terms.view.expression = asked.formula;
    terms.sensor = asked.sensor;
    terms.zones = {domain::polygon_of(box)};
    terms.pixels = imagery::ZonePixels::Centred;
    terms.max_pixels = asked.max_size * asked.max_size;
    TRY(const auto measured, domain::measure(call, terms));
    const auto& zone = measured.answer.zones.front();
    if (!zone.touches || zone.bands.front().covered == 0)
        return fail_field("bbox", "The box holds no pixel of the raster");
    const auto& band = zone.bands.front();
    if (band.pixels == 0)
        return ComputedStatistics{};
    return ComputedStatistics{band.min, band.max, band.mean, band.std, band.pixels};
}

Result<std::string> draw(domain::Call& call, const Computation& asked, const domain::AssetPlace& place,
                         const std::array<double, 4>& box) {
    domain::BoxTerms terms;
    terms.view.item_id = place.item_id;
    terms.view.asset_key = place.asset;
    terms.view.expression = asked.formula;
    terms.view.colormap = asked.colormap;
    if (asked.range)
        terms.view.rescale = fmt::format("{},{}", (*asked.range)[0], (*asked.range)[1]);
    terms.view.resampling = "nearest";
    terms.sensor = asked.sensor;
    terms.box = box;
    terms.max_size = static_cast<int>(asked.max_size);
    return domain::draw_box(call, terms);
}

/// A fault of the expression is one of the field in which the caller gave it.
Error renamed(Error error, std::string_view field) {
    for (FieldError& fault : error.fields)
        if (!fault.path.empty() && fault.path.front() == "expression")
            fault.path.front() = field;
    return error;
}

/// `head`: what the answer repeats of the question, in JSON form.
Result<Answer> compute(domain::Call& call, const Computation& asked, Json head, std::string_view formula_field) {
    TRY(const auto box, box_of(asked.bbox));
    TRY(const auto* const sensor, imagery::find_sensor(asked.sensor));
    TRY(const auto place, domain::find_asset_place(call, "cog_url", asked.url));
    if (asked.output_format == "png") {
        auto picture = draw(call, asked, place, box);
        if (!picture)
            return fail(renamed(std::move(picture).error(), formula_field));
        return Answer{.bytes = *std::move(picture), .media_type = "image/png"};
    }
    auto found = measure(call, asked, place, box);
    if (!found)
        return fail(renamed(std::move(found).error(), formula_field));
    head.set("sensor", std::string(sensor->id));
    head.set("bbox", asked.bbox);
    TRY(Json statistics, Json::parse(schema::to_json_text(*found)));
    head.set("statistics", std::move(statistics));
    return Answer{.bytes = head.dump(), .media_type = "application/json"};
}

struct BandMathInput {
    std::string cog_url, formula;
    schema::JsonObject bbox;
    std::string sensor;
    std::int64_t max_size = 2048;
    std::string output_format = "json", colormap = "viridis";
    std::optional<double> vmin, vmax;
};
constexpr auto describe(schema::Of<BandMathInput>) {
    using schema::field;
    using T = BandMathInput;
    return schema::fields(
        field("cog_url", &T::cog_url, kUrl),
        field("formula", &T::formula, {.text = "Band math, e.g. (NIR-RED)/(NIR+RED)", .required = true}),
        field("bbox", &T::bbox, kBox), field("sensor", &T::sensor, kSensor), field("max_size", &T::max_size, kMaxSize),
        field("output_format", &T::output_format, {.one_of = kOutputs}), field("colormap", &T::colormap),
        field("vmin", &T::vmin, {.text = "Of the colours; the 2nd percentile if absent"}),
        field("vmax", &T::vmax, {.text = "Of the colours; the 98th percentile if absent"}));
}

constexpr OperationSpec kBandMath{
    .id = "analytics.band_math",
    .scope = "analytics:process",
    .side_effect = SideEffect::Compute,
    .summary = "Compute a formula over the pixels in a box: statistics, or a picture.",
    .errors = Code::Gone | Code::Unavailable,
    .raw_media_types = kMediaTypes,
};

Result<std::optional<std::array<double, 2>>> range_of(const BandMathInput& in) {
    if (!in.vmin && !in.vmax)
        return std::optional<std::array<double, 2>>();
    if (!in.vmin || !in.vmax || !(*in.vmin < *in.vmax))
        return fail_field(in.vmin ? "vmax" : "vmin", "Give vmin and vmax together, the lower one first");
    return std::optional(std::array{*in.vmin, *in.vmax});
}

Result<Answer> band_math(domain::Call& call, const BandMathInput& in) {
    TRY(const auto range, range_of(in));
    return compute(
        call, {in.cog_url, in.formula, in.sensor, in.output_format, in.bbox.value, in.max_size, in.colormap, range},
        Json::object({{"formula", in.formula}}), "formula");
}

struct CalculateIndexInput {
    std::string cog_url, index_name;
    schema::JsonObject bbox;
    std::string sensor;
    std::int64_t max_size = 2048;
    std::string output_format = "json";
    std::optional<std::string> colormap;
};
constexpr auto describe(schema::Of<CalculateIndexInput>) {
    using schema::field;
    using T = CalculateIndexInput;
    return schema::fields(
        field("cog_url", &T::cog_url, kUrl),
        field("index_name", &T::index_name, {.text = "One of analytics.indices.list", .required = true}),
        field("bbox", &T::bbox, kBox), field("sensor", &T::sensor, kSensor), field("max_size", &T::max_size, kMaxSize),
        field("output_format", &T::output_format, {.one_of = kOutputs}),
        field("colormap", &T::colormap, {.text = "The index's own if absent"}));
}

constexpr OperationSpec kCalculateIndex{
    .id = "analytics.calculate_index",
    .scope = "analytics:process",
    .side_effect = SideEffect::Compute,
    .summary = "Compute a spectral index over the pixels in a box: statistics, or a picture.",
    .errors = Code::Gone | Code::Unavailable,
    .raw_media_types = kMediaTypes,
};

Result<Answer> calculate_index(domain::Call& call, const CalculateIndexInput& in) {
    TRY(const auto* const index, imagery::find_index(in.index_name));
    return compute(call,
                   {in.cog_url, std::string(index->formula), in.sensor, in.output_format, in.bbox.value, in.max_size,
                    in.colormap.value_or(std::string(index->colormap)), std::array{index->low, index->high}},
                   Json::object({{"index_name", std::string(index->id)}, {"formula", std::string(index->formula)}}),
                   "sensor");
}

} // namespace

void add_analytics(Registry& registry) {
    registry.free_read(kBandMath, band_math, Pace::Slow);
    registry.free_read(kCalculateIndex, calculate_index, Pace::Slow);
}

} // namespace landfall::operations
