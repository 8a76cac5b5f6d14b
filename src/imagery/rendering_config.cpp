#include "imagery/rendering_config.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "imagery/colors/colormap.hpp"
#include "imagery/expression.hpp"
#include "imagery/resampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::imagery {
namespace {

constexpr std::size_t kMaxTextLength = 4096;
constexpr double kMostContrast = 30;
constexpr double kMostSaturation = 5;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<double> finite_number(std::string_view text) {
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    const auto value = number_in<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

Result<int> one_band(std::string_view text, const BandNames& names) {
    const auto number = number_in<int>(text);
    const int band = number ? *number : names.find(text);
    if (band >= 1 && band <= names.count())
        return band;
    return fail_field("bands",
                      fmt::format("There is no band '{}'. Known bands: {}.", text.substr(0, 60), names.listed()));
}

Result<std::vector<int>> checked_bands(std::vector<int> bands) {
    if (bands.size() != 1 && bands.size() != 3)
        return fail_field("bands",
                          fmt::format("Give one band or three bands (red, green, blue), not {}.", bands.size()));
    return bands;
}

Result<std::vector<std::array<double, 2>>> checked_rescale(std::vector<std::array<double, 2>> pairs) {
    if (pairs.empty() || pairs.size() > 3)
        return fail_field("rescale", "Give one 'lo,hi' pair, or one pair for each of three bands.");
    for (const auto& [low, high] : pairs)
        if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
            return fail_field("rescale", "Each rescale pair needs two finite numbers, the lower one first.");
    return pairs;
}

Result<std::vector<int>> bands_of(const Json& value, const BandNames& names) {
    if (value.is_string())
        return parse_bands(value.as_view(), names);
    if (!value.is_array())
        return fail_field("bands", "Give bands as a list of numbers or names.");
    if (value.items().size() > 3)
        return checked_bands(std::vector<int>(value.items().size()));
    std::vector<int> bands;
    for (const Json& item : value.items()) {
        const std::string text = item.is_string() ? item.as_string() : item.dump();
        TRY(const int band, one_band(text, names));
        bands.push_back(band);
    }
    return checked_bands(std::move(bands));
}

Result<std::vector<std::array<double, 2>>> rescale_of(const Json& value) {
    if (value.is_string())
        return parse_rescale(value.as_view());
    const auto& items = value.items();
    const auto pair_of = [](const Json& pair) -> std::array<double, 2> {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        if (pair.items().size() != 2)
            return {kNone, kNone};
        return {pair.items()[0].as_number(kNone), pair.items()[1].as_number(kNone)};
    };
    if (items.size() == 2 && items[0].is_number())
        return checked_rescale({pair_of(value)});
    std::vector<std::array<double, 2>> pairs;
    for (const Json& item : items) {
        pairs.push_back(pair_of(item));
        if (pairs.size() > 3)
            break;
    }
    return checked_rescale(std::move(pairs));
}

Result<double> nodata_of(const Json& value) {
    if (value.is_number() && std::isfinite(value.as_number()))
        return value.as_number();
    if (value.is_string() && lower_case(value.as_view()) == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (const auto number = finite_number(value.as_view()))
        return *number;
    return fail_field("nodata", "Give nodata as a finite number or \"nan\".");
}

Result<double> within(std::string_view field, const Json& value, std::array<double, 2> limits) {
    const double number = value.as_number(std::numeric_limits<double>::quiet_NaN());
    if (number >= limits[0] && number <= limits[1])
        return number;
    return fail_field(std::string(field),
                      fmt::format("Give {} as a number from {} to {}.", field, limits[0], limits[1]));
}

Result<std::string> algorithm_of(const Json& value) {
    const std::string name = value.as_string("?");
    if (std::ranges::find(kAlgorithms, name) != kAlgorithms.end())
        return name;
    return fail_field("algorithm", "The algorithm must be hillshade, slope, aspect, contours, relief or terrainrgb.");
}

Result<TerrainParams> terrain_of(const Json& value) {
    auto params = schema::from_json<TerrainParams>(value);
    if (params)
        return params;
    Error error = std::move(params).error();
    for (FieldError& fault : error.fields)
        fault.path.insert(fault.path.begin(), "algorithm_params");
    return fail(std::move(error));
}

Result<double> gamma_of(const Json& value) {
    const double gamma = value.as_number(0);
    if (gamma >= 0.1 && gamma <= 10)
        return gamma;
    return fail_field("gamma", "Give gamma as a number from 0.1 to 10; 1 changes nothing.");
}

Result<std::string> resampling_of(const Json& value) {
    std::string name = value.as_string("?");
    if (name.empty() || schema::enum_value<Resampling>(name))
        return name;
    return fail_field("resampling", "Resampling must be nearest, bilinear, cubic, average, mode, min or max.");
}

Result<std::string> colormap_of(const Json& value) {
    std::string name = value.is_object() || value.is_array() ? value.dump() : value.as_string("?");
    if (!name.empty())
        CHECK_OK(Colormap::parse(name));
    return name;
}

Result<std::string> expression_of(const Json& value, const BandNames& names) {
    if (!value.is_string())
        return fail_field("expression", "Give the expression as text.");
    if (!trimmed(value.as_view()).empty())
        CHECK_OK(Expression::compile(value.as_view(), names));
    return std::string(trimmed(value.as_view()));
}

template<typename T>
void take(const Result<T>& result, T& into, Error& faults) {
    if (result) {
        into = *result;
        return;
    }
    faults.message = faults.fields.empty() ? result.error().message : "Several rendering parameters are not valid.";
    faults.fields.insert(faults.fields.end(), result.error().fields.begin(), result.error().fields.end());
}

} // namespace

Result<std::vector<int>> parse_band_list(std::string_view text, const BandNames& names) {
    if (text.size() > kMaxTextLength)
        return fail_field("bands", "The list of bands is too long.");
    std::vector<int> bands;
    for (const auto part : split(text, ',')) {
        TRY(const int band, one_band(part, names));
        bands.push_back(band);
    }
    return bands;
}

Result<std::vector<int>> parse_bands(std::string_view text, const BandNames& names) {
    TRY(auto bands, parse_band_list(text, names));
    return checked_bands(std::move(bands));
}

Result<std::vector<std::array<double, 2>>> parse_rescale(std::string_view text) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (text.size() > kMaxTextLength)
        return fail_field("rescale", "The rescale text is too long.");
    std::vector<std::array<double, 2>> pairs;
    for (const auto part : split(text, ';')) {
        const auto ends = split(part, ',');
        if (ends.size() == 2)
            pairs.push_back({finite_number(ends[0]).value_or(kNone), finite_number(ends[1]).value_or(kNone)});
        else
            pairs.push_back({kNone, kNone});
    }
    return checked_rescale(std::move(pairs));
}

Result<Rendering> rendering_from_config(const Json& config, const BandNames& names) {
    if (!config.is_object())
        return fail_field("config", "The configuration must be an object.");
    Rendering rendering;
    Error faults{Code::InvalidArgument, ""};
    const auto given = [&](std::string_view name) -> const Json* {
        const Json* value = config.find(name);
        return value && !value->is_null() && !(value->is_array() && value->items().empty()) &&
                       !(value->is_string() && value->as_view().empty())
                   ? value
                   : nullptr;
    };
    if (const Json* value = given("bands"))
        take(bands_of(*value, names), rendering.bands, faults);
    if (const Json* value = given("expression"))
        take(expression_of(*value, names), rendering.expression, faults);
    if (const Json* value = given("rescale"))
        take(rescale_of(*value), rendering.rescale, faults);
    if (const Json* value = given("colormap"))
        take(colormap_of(*value), rendering.colormap, faults);
    if (const Json* value = given("gamma"))
        take(gamma_of(*value), rendering.gamma, faults);
    if (const Json* value = given("contrast"))
        take(within("contrast", *value, {0, kMostContrast}), rendering.contrast, faults);
    if (const Json* value = given("saturation"))
        take(within("saturation", *value, {0, kMostSaturation}), rendering.saturation, faults);
    if (const Json* value = given("algorithm"))
        take(algorithm_of(*value), rendering.algorithm, faults);
    if (const Json* value = given("algorithm_params")) {
        TerrainParams params;
        take(terrain_of(*value), params, faults);
        rendering.algorithm_params = params;
    }
    if (const Json* value = given("resampling"))
        take(resampling_of(*value), rendering.resampling, faults);
    if (const Json* value = given("nodata")) {
        double nodata = 0;
        take(nodata_of(*value), nodata, faults);
        rendering.nodata = nodata;
    }
    if (!faults.fields.empty())
        return fail(std::move(faults));
    return rendering;
}

Status check_fit(const Rendering& rendering, const BandNames& names) {
    const bool automatic = rendering.bands.empty() && names.count() >= 3; // the first three then
    std::size_t channels = automatic || rendering.bands.size() == 3 ? 3 : 1;
    if (!rendering.algorithm.empty() && channels == 3 && rendering.expression.empty())
        return fail_field("algorithm", "Algorithms over elevations take one band: give it in bands, or an expression.");
    if (!rendering.expression.empty()) {
        CHECK_OK(Expression::compile(rendering.expression, names));
        channels = 1;
    }
    if (rendering.rescale.size() > 1 && rendering.rescale.size() != channels)
        return fail_field("rescale", channels == 1 ? "Give one rescale pair." : "Give one rescale pair, or 3.");
    if (channels == 1 && !rendering.colormap.empty())
        CHECK_OK(Colormap::parse(rendering.colormap));
    return {};
}

Result<Rendering> rendering_of(const Look& look, const BandNames& names) {
    TRY(Rendering rendering, rendering_from_config(look.config, names));
    if (look.type == "expression" && rendering.expression.empty())
        return fail_field("expression", "A profile of the type expression needs one, e.g. (b4-b3)/(b4+b3).");
    if (look.type == "singleband" && rendering.bands.empty() && rendering.expression.empty())
        rendering.bands = {1};
    return rendering;
}

Status check_look(const Look& look, const BandNames& names) {
    TRY(const Rendering rendering, rendering_of(look, names));
    return check_fit(rendering, names);
}

Status check_look_of_any(const Look& look) {
    constexpr int kMostBands = 65'535;
    Json plain = look.config;
    if (const Json& expression = plain["expression"]; expression.is_string() && !trimmed(expression.as_view()).empty())
        plain.set("expression", "b1");
    const Json& bands = plain["bands"];
    const auto is_name = [](const Json& band) { return band.is_string(); };
    if (is_name(bands) || std::ranges::any_of(bands.items(), is_name))
        plain.erase("bands");
    return rendering_of({look.type, plain}, BandNames(kMostBands)).map([](const Rendering&) {});
}

Json config_from_rendering(const Rendering& rendering) {
    Json config = Json::object();
    if (!rendering.bands.empty())
        config.set("bands", Json::array_of(rendering.bands));
    if (!rendering.expression.empty())
        config.set("expression", rendering.expression);
    if (!rendering.rescale.empty()) {
        Json pairs = Json::array();
        for (const auto& [low, high] : rendering.rescale)
            pairs.push(Json::array({low, high}));
        config.set("rescale", std::move(pairs));
    }
    if (!rendering.colormap.empty())
        config.set("colormap", rendering.colormap);
    if (rendering.gamma != 1.0)
        config.set("gamma", rendering.gamma);
    if (rendering.contrast != 0)
        config.set("contrast", rendering.contrast);
    if (rendering.saturation != 1)
        config.set("saturation", rendering.saturation);
    if (!rendering.algorithm.empty())
        config.set("algorithm", rendering.algorithm);
    if (rendering.algorithm_params)
        if (auto params = Json::parse(schema::to_json_text(*rendering.algorithm_params)))
            config.set("algorithm_params", *std::move(params));
    if (rendering.nodata)
        config.set("nodata", std::isnan(*rendering.nodata) ? Json("nan") : Json(*rendering.nodata));
    if (!rendering.resampling.empty())
        config.set("resampling", rendering.resampling);
    return config;
}

} // namespace landfall::imagery
