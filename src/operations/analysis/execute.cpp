#include "core/numbers.hpp"
#include "domain/analysis/measuring.hpp"
#include "domain/analysis/zones.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::operations {
namespace {

constexpr std::string_view kStats[] = {"count",  "sum",      "mean",     "min",     "max",         "std",
                                       "median", "majority", "minority", "variety", "class_shares"};

struct ZonalStatsParams {
    ItemId item_id;
    std::optional<std::string> asset_key, bands, expression, index;
    std::optional<schema::JsonObject> geometry, features;
    std::vector<std::string> stats{"count", "sum", "mean", "min", "max", "std"};
};
constexpr auto describe(schema::Of<ZonalStatsParams>) {
    using schema::field;
    using T = ZonalStatsParams;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("asset_key", &T::asset_key, {.text = "One of the item's rasters; the uploaded one if absent"}),
        field("bands", &T::bands,
              {.text = "1-based numbers or names, separated by commas; all if absent", .max_length = 1000}),
        field("expression", &T::expression, {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .max_length = 1000}),
        field("index", &T::index, {.text = "One of analytics.indices.list, instead of an expression"}),
        field("geometry", &T::geometry, {.text = "GeoJSON geometry or Feature, in degrees"}),
        field("features", &T::features, {.text = "GeoJSON FeatureCollection of up to 1000, instead of geometry"}),
        field("stats", &T::stats,
              {.text =
                   "Of count, sum, mean, min, max, std (those if absent), median, majority, minority, variety, p0 to "
                   "p100, class_shares",
               .max_items = 120}));
}

/// The percentile that `pNN` names.
std::optional<double> percentile_of(std::string_view stat) {
    if (!stat.starts_with('p'))
        return std::nullopt;
    const auto number = number_in<int>(stat.substr(1));
    return number && *number >= 0 && *number <= 100 ? std::optional<double>(*number) : std::nullopt;
}

Result<domain::MeasureTerms> terms_of(const ZonalStatsParams& params, const std::vector<domain::Zone>& zones) {
    domain::MeasureTerms terms;
    terms.view.item_id = params.item_id;
    terms.view.asset_key = params.asset_key;
    terms.view.bands = params.bands;
    terms.view.expression = params.expression;
    const int ways = (params.bands ? 1 : 0) + (params.expression ? 1 : 0) + (params.index ? 1 : 0);
    if (ways > 1)
        return fail_field("expression", "Give one of bands, expression and index");
    if (params.index) {
        TRY(const auto* const index, imagery::find_index(*params.index));
        terms.view.expression = index->formula;
    }
    for (const auto& zone : zones)
        terms.zones.push_back(zone.geometry);
    for (const std::string& stat : params.stats) {
        if (const auto percentile = percentile_of(stat))
            terms.percentiles.push_back(*percentile);
        else if (std::ranges::find(kStats, stat) == std::end(kStats))
            return fail_field("stats", fmt::format("There is no statistic '{}'; see the input schema of zonal_stats",
                                                   stat.substr(0, 40)));
        terms.classes = terms.classes || stat == "class_shares";
    }
    if (terms.percentiles.size() > imagery::kMostPercentiles)
        return fail_field("stats", "Each percentile is asked for once");
    return terms;
}

Json shares_of(const imagery::MeasuredBand& band) {
    Json shares = Json::object();
    for (const auto& [value, share] : band.classes)
        shares.set(fmt::format("{}", value), share);
    return shares;
}

Json stats_of(const imagery::MeasuredBand& band, const std::vector<std::string>& wanted) {
    Json out = Json::object();
    std::size_t percentile = 0;
    const std::pair<std::string_view, double> known[] = {
        {"sum", band.sum}, {"mean", band.mean},     {"min", band.min},           {"max", band.max},
        {"std", band.std}, {"median", band.median}, {"majority", band.majority}, {"minority", band.minority}};
    for (const std::string& stat : wanted) {
        Json value;
        const auto* const found = std::ranges::find(known, stat, [](const auto& each) { return each.first; });
        const bool any = band.pixels > 0;
        if (stat == "count")
            value = Json(band.count);
        else if (percentile_of(stat))
            value = any ? Json(band.percentiles[percentile++]) : Json();
        else if (any && found != std::end(known))
            value = Json(found->second);
        else if (stat == "variety")
            value = any ? Json(band.variety) : Json();
        else if (stat == "class_shares")
            value = any ? shares_of(band) : Json();
        out.set(stat, std::move(value));
    }
    return out;
}

Result<Json> zonal_stats(domain::Call& call, const Json& json) {
    schema::Reader reader(schema::Unknown::Refused);
    TRY(const auto params, schema::from_json<ZonalStatsParams>(json, reader));
    const Json* const given =
        params.features ? &params.features->value : (params.geometry ? &params.geometry->value : nullptr);
    if (given == nullptr)
        return fail_field("geometry", "Give a geometry, or features");
    TRY(const auto zones, domain::zones_of(*given, params.features ? "features" : "geometry", imagery::kMostZones));
    TRY(const auto terms, terms_of(params, zones));
    TRY(const auto measured, domain::measure(call, terms));
    Json features = Json::array();
    for (std::size_t i = 0; i < zones.size(); ++i) {
        const auto& zone = measured.answer.zones[i];
        Json stats = Json::object();
        for (std::size_t band = 0; band < measured.names.size(); ++band)
            stats.set(params.index ? *params.index : measured.names[band],
                      stats_of(zone.touches ? zone.bands[band] : imagery::MeasuredBand{}, params.stats));
        features.push(Json::object(
            {{"id", zones[i].id.value_or(Json())}, {"properties", zones[i].properties}, {"stats", std::move(stats)}}));
    }
    return features;
}

/// What `analytics.execute` answers.
struct Analysis {
    std::string_view name, description;
    std::string_view data_type;
    Json (*input_schema)();
    Result<Json> (*run)(domain::Call&, const Json&); ///< gives its features
};

constexpr Analysis kAnalyses[] = {
    {"zonal_stats", "Statistics of a raster inside zones; pixels count by the fraction that a zone covers.", "raster",
     [] { return schema::closed_schema(schema::json_schema<ZonalStatsParams>()); }, zonal_stats},
};

Result<const Analysis*> find_analysis(std::string_view name) {
    const auto* const found = std::ranges::find(kAnalyses, name, &Analysis::name);
    if (found != std::end(kAnalyses))
        return found;
    return fail(
        Code::NotFound,
        fmt::format("There is no operation '{}'; analytics.operations.list tells which there are", name.substr(0, 60)));
}

struct ExecuteRequest {
    std::string operation;
    schema::JsonObject params;
};
constexpr auto describe(schema::Of<ExecuteRequest>) {
    using schema::field;
    using T = ExecuteRequest;
    return schema::fields(
        field("operation", &T::operation, {.text = "One of analytics.operations.list", .required = true}),
        field("params", &T::params, {.text = "As its input_schema says", .required = true}));
}

constexpr OperationSpec kExecute{
    .id = "analytics.execute",
    .scope = "analytics:process",
    .side_effect = SideEffect::Read,
    .summary = "Run one of analytics.operations.list over its params.",
    .errors = Code::Gone | Code::Unavailable,
};

/// What the operations answer; each has members of its own.
struct AnalyticsExecuteOutput {
    Json features;
};
constexpr auto describe(schema::Of<AnalyticsExecuteOutput>) {
    return schema::fields(schema::field("features", &AnalyticsExecuteOutput::features,
                                        {.text = "Of zonal_stats: {id, properties, stats: {band: {statistic: value}}} "
                                                 "for each zone, in their order"}));
}

Result<AnalyticsExecuteOutput> execute(domain::Call& call, const ExecuteRequest& in) {
    TRY(const auto* const analysis, find_analysis(in.operation));
    auto answer = analysis->run(call, in.params.value);
    if (answer)
        return AnalyticsExecuteOutput{*std::move(answer)};
    Error error = std::move(answer).error();
    for (FieldError& fault : error.fields)
        fault.path.insert(fault.path.begin(), "params");
    return fail(std::move(error));
}

struct AnalysisOutput {
    std::string name, description;
    std::vector<std::string> data_types;
    schema::JsonObject input_schema;
};
constexpr auto describe(schema::Of<AnalysisOutput>) {
    using schema::field;
    using T = AnalysisOutput;
    return schema::fields(field("name", &T::name, {.required = true}),
                          field("description", &T::description, {.required = true}),
                          field("data_types", &T::data_types, {.required = true}),
                          field("input_schema", &T::input_schema, {.text = "JSON Schema of params", .required = true}));
}

AnalysisOutput response(const Analysis& analysis) {
    return {std::string(analysis.name),
            std::string(analysis.description),
            {std::string(analysis.data_type)},
            {analysis.input_schema()}};
}

struct OperationsListInput {
    std::optional<std::string> data_type;
};
constexpr auto describe(schema::Of<OperationsListInput>) {
    return schema::fields(schema::field("data_type", &OperationsListInput::data_type, {.text = "raster"}));
}

constexpr OperationSpec kList{
    .id = "analytics.operations.list",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "List what analytics.execute runs.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<AnalysisOutput>> list(domain::Call&, const OperationsListInput& in) {
    std::vector<AnalysisOutput> all;
    for (const auto& analysis : kAnalyses)
        if (!in.data_type || *in.data_type == analysis.data_type)
            all.push_back(response(analysis));
    return all;
}

struct OperationGetInput {
    std::string operation_name;
};
constexpr auto describe(schema::Of<OperationGetInput>) {
    return schema::fields(schema::field("operation_name", &OperationGetInput::operation_name, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "analytics.operations.get",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe one operation of analytics.execute.",
};

Result<AnalysisOutput> get(domain::Call&, const OperationGetInput& in) {
    return find_analysis(in.operation_name).map([](const auto* analysis) { return response(*analysis); });
}

} // namespace

void add_analyses(Registry& registry) {
    registry.free_read(kExecute, execute, Pace::Slow);
    registry.free_read(kList, list);
    registry.free_read(kGet, get);
}

} // namespace landfall::operations
