#include "imagery/analysis/formulas.hpp"
#include "imagery/analysis/sensors.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "imagery/colors/colormap.hpp"
#include "operations/empty.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::operations {
namespace {

struct SpectralIndexOutput {
    std::string name, display_name, formula, category;
    std::vector<std::string> required_bands, compatible_sensors;
    std::string colormap;
    std::vector<double> value_range;
    std::string source;
};

constexpr auto describe(schema::Of<SpectralIndexOutput>) {
    using schema::field;
    using T = SpectralIndexOutput;
    return schema::fields(
        field("name", &T::name, {.text = "As index_name takes it, in any case", .required = true}),
        field("display_name", &T::display_name, {.required = true}), field("formula", &T::formula, {.required = true}),
        field("category", &T::category, {.required = true}), field("required_bands", &T::required_bands),
        field("compatible_sensors", &T::compatible_sensors, {.text = "Those that have the bands"}),
        field("colormap", &T::colormap, {.required = true}),
        field("value_range", &T::value_range, {.text = "What it is usually stretched between", .required = true}),
        field("source", &T::source, {.text = "Who proposed it where", .required = true}));
}

SpectralIndexOutput response(const imagery::SpectralIndex& index) {
    return {std::string(index.id),
            std::string(index.name),
            std::string(index.formula),
            std::string(index.category),
            imagery::bands_named(index.formula),
            imagery::sensors_for(index.formula),
            std::string(index.colormap),
            {index.low, index.high},
            std::string(index.source)};
}

struct IndicesListInput {
    std::optional<std::string> category, sensor;
};
constexpr auto describe(schema::Of<IndicesListInput>) {
    using schema::field;
    using T = IndicesListInput;
    return schema::fields(
        field("category", &T::category, {.text = "vegetation, water, moisture, burn, snow, soil or urban"}),
        field("sensor", &T::sensor, {.text = "Only those that this sensor has the bands for"}));
}

constexpr OperationSpec kIndices{
    .id = "analytics.indices.list",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "List the spectral indices with their formulas and sources.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<SpectralIndexOutput>> list_indices(domain::Call&, const IndicesListInput& in) {
    std::string sensor;
    if (in.sensor) {
        TRY(const auto* const known, imagery::find_sensor(*in.sensor));
        sensor = known->id;
    }
    std::vector<SpectralIndexOutput> all;
    for (const auto& index : imagery::spectral_indices()) {
        auto one = response(index);
        const bool fits =
            sensor.empty() || std::ranges::find(one.compatible_sensors, sensor) != one.compatible_sensors.end();
        if (fits && (!in.category || *in.category == index.category))
            all.push_back(std::move(one));
    }
    return all;
}

struct IndexGetInput {
    std::string index_name;
};
constexpr auto describe(schema::Of<IndexGetInput>) {
    return schema::fields(
        schema::field("index_name", &IndexGetInput::index_name, {.text = "In any case, e.g. ndvi", .required = true}));
}

constexpr OperationSpec kIndex{
    .id = "analytics.index.get",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one spectral index.",
};

Result<SpectralIndexOutput> get_index(domain::Call&, const IndexGetInput& in) {
    return imagery::find_index(in.index_name).map([](const auto* index) { return response(*index); });
}

struct SensorBandOutput {
    std::string id, role;
    std::optional<std::int64_t> wavelength_nm;
};
constexpr auto describe(schema::Of<SensorBandOutput>) {
    using schema::field;
    using T = SensorBandOutput;
    return schema::fields(field("id", &T::id, {.required = true}), field("role", &T::role, {.required = true}),
                          field("wavelength_nm", &T::wavelength_nm, {.text = "Of the band's centre"}));
}

struct SensorOutput {
    std::string id, name;
    schema::JsonObject bands;
    std::vector<SensorBandOutput> band_order;
    std::string source;
};
constexpr auto describe(schema::Of<SensorOutput>) {
    using schema::field;
    using T = SensorOutput;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("name", &T::name, {.required = true}),
        field("bands", &T::bands, {.text = "{role: 1-based band} in the usual order of products", .required = true}),
        field("band_order", &T::band_order, {.text = "The bands in that order, as the sensor calls them"}),
        field("source", &T::source, {.text = "Where they are described", .required = true}));
}

SensorOutput response(const imagery::Sensor& sensor) {
    SensorOutput out{std::string(sensor.id), std::string(sensor.name), {}, {}, std::string(sensor.source)};
    std::int64_t number = 0;
    for (const auto& band : sensor.bands()) {
        ++number;
        if (!band.role.empty())
            out.bands.value.set(std::string(band.role), number);
        out.band_order.push_back({std::string(band.id), std::string(band.role),
                                  band.nanometres > 0 ? std::optional<std::int64_t>(band.nanometres) : std::nullopt});
    }
    return out;
}

constexpr OperationSpec kSensors{
    .id = "analytics.sensors.list",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "List the sensors whose band orders are known, for files that name no bands.",
};

Result<std::vector<SensorOutput>> list_sensors(domain::Call&, const Empty&) {
    std::vector<SensorOutput> all;
    for (const auto& sensor : imagery::sensors())
        all.push_back(response(sensor));
    return all;
}

struct ValidateFormulaInput {
    std::string formula, sensor;
};
constexpr auto describe(schema::Of<ValidateFormulaInput>) {
    using schema::field;
    using T = ValidateFormulaInput;
    return schema::fields(
        field("formula", &T::formula, {.text = "Band math, e.g. (NIR-RED)/(NIR+RED)", .required = true}),
        field("sensor", &T::sensor, {.text = "One of analytics.sensors.list", .required = true}));
}

struct ValidateFormulaOutput {
    std::string formula, sensor;
    bool valid = false;
    std::optional<std::string> error;
    std::vector<std::string> required_bands, available_bands;
};
constexpr auto describe(schema::Of<ValidateFormulaOutput>) {
    using schema::field;
    using T = ValidateFormulaOutput;
    return schema::fields(field("formula", &T::formula, {.required = true}),
                          field("sensor", &T::sensor, {.required = true}),
                          field("valid", &T::valid, {.required = true}),
                          field("error", &T::error, {.text = "What is wrong with it, if anything"}),
                          field("required_bands", &T::required_bands, {.text = "The bands that the formula names"}),
                          field("available_bands", &T::available_bands, {.text = "The bands of the sensor"}));
}

constexpr OperationSpec kValidate{
    .id = "analytics.validate_formula",
    .scope = "analytics:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell whether a formula can be computed over a sensor's bands; a bad one is an answer, not an error.",
};

Result<ValidateFormulaOutput> validate(domain::Call&, const ValidateFormulaInput& in) {
    TRY(const auto* const sensor, imagery::find_sensor(in.sensor));
    ValidateFormulaOutput out{in.formula, std::string(sensor->id), true, std::nullopt, {}, {}};
    out.available_bands.reserve(sensor->bands().size());
    for (const auto& band : sensor->bands())
        out.available_bands.push_back(imagery::spelled_band(band.role.empty() ? band.id : band.role));
    if (const Status fits = imagery::check_formula(in.formula, imagery::names_of(*sensor)); !fits) {
        out.valid = false;
        out.error = fits.error().fields.empty() ? fits.error().message : fits.error().fields.front().message;
    }
    constexpr std::size_t kLongest = 1000;
    if (in.formula.size() <= kLongest)
        out.required_bands = imagery::bands_named(in.formula);
    return out;
}

struct CogEmptyInput {};
constexpr auto describe(schema::Of<CogEmptyInput>) {
    return schema::fields();
}

constexpr OperationSpec kFormulas{
    .id = "cog.formulas",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "The spectral indices as an object by id: name, expression, bands, colormap, rescale, category.",
};

Result<schema::JsonObject> formulas(domain::Call&, const CogEmptyInput&) {
    schema::JsonObject all;
    for (const auto& index : imagery::spectral_indices())
        all.value.set(std::string(index.id),
                      Json::object({{"name", std::string(index.name)},
                                    {"expression", std::string(index.formula)},
                                    {"bands", Json::array_of(imagery::bands_named(index.formula))},
                                    {"colormap", std::string(index.colormap)},
                                    {"rescale", fmt::format("{},{}", index.low, index.high)},
                                    {"category", std::string(index.category)}}));
    return all;
}

constexpr OperationSpec kColormaps{
    .id = "cog.colormaps",
    .scope = "tiles:read",
    .side_effect = SideEffect::Read,
    .summary = "The names of colormaps by group; each is known in any case, and reversed with _r behind it.",
};

Result<schema::JsonObject> colormaps(domain::Call&, const CogEmptyInput&) {
    schema::JsonObject all;
    for (const auto& group : imagery::colormap_groups()) {
        std::vector<std::string> names(group.ramps.begin(), group.ramps.end());
        all.value.set(std::string(group.name), Json::array_of(names));
    }
    return all;
}

} // namespace

void add_analysis_references(Registry& registry) {
    registry.free_read(kIndices, list_indices);
    registry.free_read(kIndex, get_index);
    registry.free_read(kSensors, list_sensors);
    registry.free_read(kValidate, validate);
    registry.free_read(kFormulas, formulas);
    registry.free_read(kColormaps, colormaps);
}

} // namespace landfall::operations
