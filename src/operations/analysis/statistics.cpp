#include "domain/analysis/asset_urls.hpp"
#include "domain/analysis/measuring.hpp"
#include "domain/analysis/zones.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"
#include "operations/view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::operations {
namespace {

constexpr std::int64_t kCoarsePixels = 1 << 20;     ///< of a raster whose spread is asked for
constexpr std::int64_t kCoarseZonePixels = 4 << 20; ///< of a geometry that only drives a stretch

struct ItemStatisticsInput {
    ItemId item_id;
    std::string expression;
    std::optional<std::string> asset_key, profile;
};
constexpr auto describe(schema::Of<ItemStatisticsInput>) {
    using schema::field;
    using T = ItemStatisticsInput;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("expression", &T::expression,
              {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .required = true, .max_length = 1000}),
        field("asset_key", &T::asset_key, {.text = "One of the item's rasters; the uploaded one if absent"}),
        field("profile", &T::profile, {.text = "Id or name of a visualization profile"}));
}

/// Null where no pixel is valid.
struct TileStatisticsOutput {
    std::optional<double> p2, p98, min, max, mean, std;
    std::optional<std::string> rescale;
};
constexpr auto describe(schema::Of<TileStatisticsOutput>) {
    using schema::field;
    using T = TileStatisticsOutput;
    return schema::fields(field("p2", &T::p2), field("p98", &T::p98), field("min", &T::min), field("max", &T::max),
                          field("mean", &T::mean), field("std", &T::std),
                          field("rescale", &T::rescale, {.text = "p2,p98, as rescale takes it"}));
}

constexpr OperationSpec kTileStatistics{
    .id = "items.tile.statistics",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell what an expression's values spread over, from an overview of the whole raster.",
    .errors = Code::Gone | Code::Unavailable,
};

std::string rescale_text(const std::vector<double>& ends) {
    return fmt::format("{},{}", ends.front(), ends.back());
}

Result<TileStatisticsOutput> tile_statistics(domain::Call& call, const ItemStatisticsInput& in) {
    domain::MeasureTerms terms;
    terms.view.item_id = in.item_id;
    terms.view.expression = in.expression;
    terms.view.asset_key = in.asset_key;
    terms.view.profile = in.profile;
    terms.percentiles = {2, 98};
    terms.max_pixels = kCoarsePixels;
    TRY(const auto measured, domain::measure(call, terms));
    const auto& band = measured.answer.zones.front().bands.front();
    if (band.pixels == 0)
        return TileStatisticsOutput{};
    return TileStatisticsOutput{
        band.percentiles[0],           band.percentiles[1], band.min, band.max, band.mean, band.std,
        rescale_text(band.percentiles)};
}

struct ItemZoneStatisticsInput : ValueFields {
    std::optional<schema::JsonObject> geometry;
    std::vector<double> percentiles{2, 98};
    std::int64_t histogram_bins = 0;
    std::optional<std::int64_t> max_pixels;
};
constexpr auto describe(schema::Of<ItemZoneStatisticsInput>) {
    using schema::field;
    using T = ItemZoneStatisticsInput;
    return schema::joined(
        describe(schema::Of<ValueFields>{}),
        schema::fields(
            field("geometry", &T::geometry,
                  {.text = "GeoJSON geometry, Feature or FeatureCollection of up to 100, in degrees; the whole raster "
                           "if absent"}),
            field("percentiles", &T::percentiles,
                  {.text = "0 to 100; 2 and 98 if absent", .min = 0, .max = 100, .max_items = 100}),
            field("histogram_bins", &T::histogram_bins, {.text = "0: no histogram", .min = 0, .max = 1024}),
            field("max_pixels", &T::max_pixels,
                  {.text = "An area of more is read coarser, and the answer approximate", .min = 1})));
}

struct HistogramOutput {
    std::vector<double> counts, edges;
};
constexpr auto describe(schema::Of<HistogramOutput>) {
    return schema::fields(schema::field("counts", &HistogramOutput::counts, {.required = true}),
                          schema::field("edges", &HistogramOutput::edges, {.required = true}));
}

struct BandStatisticsOutput {
    std::string name;
    double count = 0;
    std::optional<double> sum, mean, min, max, std, median;
    schema::JsonObject percentiles;
    double valid_share = 0;
    std::optional<HistogramOutput> histogram;
};
constexpr auto describe(schema::Of<BandStatisticsOutput>) {
    using schema::field;
    using T = BandStatisticsOutput;
    return schema::fields(
        field("name", &T::name, {.text = "Of the band, or expression", .required = true}),
        field("count", &T::count, {.text = "Valid pixels, each by its covered fraction", .required = true}),
        field("sum", &T::sum), field("mean", &T::mean), field("min", &T::min), field("max", &T::max),
        field("std", &T::std, {.text = "Of the population"}), field("median", &T::median),
        field("percentiles", &T::percentiles, {.text = "By the number as it was asked for", .required = true}),
        field("valid_share", &T::valid_share, {.text = "Of the covered area", .required = true}),
        field("histogram", &T::histogram, {.sparse = true}));
}

struct FeatureStatisticsOutput {
    std::optional<Json> id;
    std::vector<BandStatisticsOutput> bands;
};
constexpr auto describe(schema::Of<FeatureStatisticsOutput>) {
    return schema::fields(schema::field("id", &FeatureStatisticsOutput::id, {.sparse = true}),
                          schema::field("bands", &FeatureStatisticsOutput::bands, {.required = true}));
}

struct ItemStatisticsOutput {
    std::vector<FeatureStatisticsOutput> features;
    bool approximate = false;
};
constexpr auto describe(schema::Of<ItemStatisticsOutput>) {
    using schema::field;
    using T = ItemStatisticsOutput;
    return schema::fields(
        field("features", &T::features, {.text = "In the order of the input", .required = true}),
        field("approximate", &T::approximate, {.text = "Some area was read coarser", .required = true}));
}

BandStatisticsOutput response(const imagery::MeasuredBand& band, const std::string& name,
                              const std::vector<double>& percentiles) {
    BandStatisticsOutput out;
    out.name = name;
    out.count = band.count;
    out.valid_share = band.covered > 0 ? band.count / band.covered : 0;
    const bool any = band.pixels > 0;
    for (std::size_t i = 0; i < percentiles.size(); ++i)
        out.percentiles.value.set(fmt::format("{}", percentiles[i]),
                                  any && i < band.percentiles.size() ? Json(band.percentiles[i]) : Json());
    if (!any)
        return out;
    out.sum = band.sum;
    out.mean = band.mean;
    out.min = band.min;
    out.max = band.max;
    out.std = band.std;
    out.median = band.median;
    if (!band.counts.empty())
        out.histogram = HistogramOutput{band.counts, band.edges};
    return out;
}

constexpr OperationSpec kStatistics{
    .id = "items.statistics",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Statistics of an item's values, whole or inside geometries; pixels count by the fraction covered.",
    .errors = Code::Gone | Code::Unavailable,
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<ItemStatisticsOutput> statistics(domain::Call& call, const ItemZoneStatisticsInput& in) {
    constexpr std::size_t kMostFeatures = 100;
    domain::MeasureTerms terms;
    assign(static_cast<const ValueFields&>(in), terms.view);
    std::vector<domain::Zone> zones;
    if (in.geometry) {
        TRY(zones, domain::zones_of(in.geometry->value, "geometry", kMostFeatures));
        for (const auto& zone : zones)
            terms.zones.push_back(zone.geometry);
    }
    terms.percentiles = in.percentiles;
    terms.histogram_bins = static_cast<int>(in.histogram_bins);
    terms.max_pixels = in.max_pixels;
    TRY(const auto measured, domain::measure(call, terms));
    ItemStatisticsOutput out;
    out.approximate = measured.answer.approximate;
    for (std::size_t i = 0; i < measured.answer.zones.size(); ++i) {
        const auto& zone = measured.answer.zones[i];
        if (!zone.touches)
            return fail_field("geometry", zones.size() == 1 ? "The geometry does not touch the raster"
                                                            : fmt::format("Feature {} does not touch the raster", i));
        auto& feature = out.features.emplace_back();
        if (i < zones.size())
            feature.id = zones[i].id;
        for (std::size_t band = 0; band < zone.bands.size(); ++band)
            feature.bands.push_back(response(zone.bands[band], measured.names[band], in.percentiles));
    }
    return out;
}

struct CogStatsInput {
    std::string url;
    schema::JsonObject geometry;
    std::optional<std::string> expression, bands;
    std::vector<double> percentiles{2, 98};
};
constexpr auto describe(schema::Of<CogStatsInput>) {
    using schema::field;
    using T = CogStatsInput;
    return schema::fields(
        field("url", &T::url, {.text = "Href or signed URL of an asset of this server", .required = true}),
        field("geometry", &T::geometry, {.text = "GeoJSON Polygon or MultiPolygon, in degrees", .required = true}),
        field("expression", &T::expression, {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .max_length = 1000}),
        field("bands", &T::bands, {.text = "1-based numbers or names; the first band if absent", .max_length = 1000}),
        field("percentiles", &T::percentiles,
              {.text = "Two, from 0 to 100", .min = 0, .max = 100, .min_items = 2, .max_items = 2}));
}

constexpr OperationSpec kCogStatistics{
    .id = "cog.statistics",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "Statistics inside a geometry, to drive a stretch; a large area is read from an overview.",
    .errors = Code::Gone | Code::Unavailable,
};

/// `2.0`, `97.5`: a number as Python writes it.
std::string decimal(double number) {
    std::string text = fmt::format("{}", number);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

Result<schema::JsonObject> cog_statistics(domain::Call& call, const CogStatsInput& in) {
    TRY(const auto place, domain::find_asset_place(call, "url", in.url));
    TRY(const auto zones, domain::zones_of(in.geometry.value, "geometry", 1));
    domain::MeasureTerms terms;
    terms.view.item_id = place.item_id;
    terms.view.asset_key = place.asset;
    terms.view.expression = in.expression;
    terms.view.bands = in.bands.value_or("").empty() ? "1" : *in.bands;
    terms.zones = {zones.front().geometry};
    terms.percentiles = in.percentiles;
    terms.max_pixels = kCoarseZonePixels;
    TRY(const auto measured, domain::measure(call, terms));
    const auto& zone = measured.answer.zones.front();
    if (!zone.touches)
        return fail_field("geometry", "The geometry does not touch the raster");
    const auto described = [&](const imagery::MeasuredBand& band) {
        const bool any = band.pixels > 0;
        const auto number = [any](double value) { return any ? Json(value) : Json(); };
        Json percentiles = Json::object();
        for (std::size_t i = 0; i < in.percentiles.size(); ++i)
            percentiles.set(decimal(in.percentiles[i]), any ? Json(band.percentiles[i]) : Json());
        return Json::object({{"percentiles", std::move(percentiles)},
                             {"min", number(band.min)},
                             {"max", number(band.max)},
                             {"mean", number(band.mean)},
                             {"std", number(band.std)},
                             {"rescale", any ? Json(rescale_text(band.percentiles)) : Json()}});
    };
    schema::JsonObject out{described(zone.bands.front())};
    if (zone.bands.size() > 1) {
        Json bands = Json::array();
        for (std::size_t i = 0; i < zone.bands.size(); ++i) {
            Json one = described(zone.bands[i]);
            one.set("name", measured.names[i]);
            bands.push(std::move(one));
        }
        out.value.set("bands", std::move(bands));
    }
    return out;
}

} // namespace

void add_statistics(Registry& registry) {
    registry.free_read(kTileStatistics, tile_statistics, Pace::Slow);
    registry.free_read(kStatistics, statistics, Pace::Slow);
    registry.free_read(kCogStatistics, cog_statistics, Pace::Slow);
}

} // namespace landfall::operations
