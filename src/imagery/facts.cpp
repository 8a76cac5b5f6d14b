#include "imagery/facts.hpp"

#include <cmath>
#include <limits>

namespace landfall::imagery {
namespace {

/// A number that JSON may not be able to hold.
Json number_json(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    return value;
}

std::optional<double> number_from(const Json& json) {
    if (json.is_number())
        return json.as_number();
    const std::string_view text = json.as_view();
    if (text == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf")
        return std::numeric_limits<double>::infinity();
    if (text == "-inf")
        return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

void set_number(Json& json, std::string_view name, const std::optional<double>& value) {
    if (value)
        json.set(name, number_json(*value));
}

void set_text(Json& json, std::string_view name, const std::string& text) {
    if (!text.empty())
        json.set(name, text);
}

template<std::size_t N>
void set_numbers(Json& json, std::string_view name, const std::optional<std::array<double, N>>& values) {
    if (values)
        json.set(name, Json::array_of(*values));
}

template<std::size_t N>
std::optional<std::array<double, N>> numbers_from(const Json& json) {
    if (json.items().size() != N)
        return std::nullopt;
    std::array<double, N> values{};
    for (std::size_t i = 0; i < N; ++i)
        values[i] = json.items()[i].as_number();
    return values;
}

Json to_json(const ColorEntry& entry) {
    Json json = Json::object({{"value", entry.value}});
    Json rgba = Json::array();
    for (const std::uint8_t part : entry.rgba)
        rgba.push(static_cast<int>(part));
    json.set("rgba", std::move(rgba));
    set_text(json, "label", entry.label);
    return json;
}

ColorEntry color_from_json(const Json& json) {
    ColorEntry entry;
    entry.value = static_cast<int>(json["value"].as_integer());
    const Json::Array& rgba = json["rgba"].items();
    for (std::size_t i = 0; i < entry.rgba.size() && i < rgba.size(); ++i)
        entry.rgba[i] = static_cast<std::uint8_t>(rgba[i].as_integer());
    entry.label = json["label"].as_string();
    return entry;
}

Json to_json(const RasterFacts& raster) {
    Json json = Json::object({{"width", raster.width},
                              {"height", raster.height},
                              {"band_count", raster.band_count},
                              {"has_mask", raster.has_mask},
                              {"is_cog", raster.is_cog},
                              {"overviews", Json::array_of(raster.overviews)},
                              {"block_width", raster.block_width},
                              {"block_height", raster.block_height},
                              {"compression", raster.compression},
                              {"gcps_only", raster.gcps_only},
                              {"renderable", raster.renderable},
                              {"sampled_only", raster.sampled_only},
                              {"looks_categorical", raster.looks_categorical}});
    set_text(json, "not_drawn", raster.not_drawn);
    set_numbers(json, "transform", raster.transform);
    Json bands = Json::array();
    for (const BandFacts& band : raster.bands)
        bands.push(to_json(band));
    json.set("bands", std::move(bands));
    return json;
}

RasterFacts raster_from_json(const Json& json) {
    RasterFacts raster;
    raster.width = json["width"].as_integer();
    raster.height = json["height"].as_integer();
    raster.band_count = static_cast<int>(json["band_count"].as_integer());
    raster.has_mask = json["has_mask"].as_bool();
    raster.is_cog = json["is_cog"].as_bool();
    for (const Json& factor : json["overviews"].items())
        raster.overviews.push_back(static_cast<int>(factor.as_integer()));
    raster.block_width = static_cast<int>(json["block_width"].as_integer());
    raster.block_height = static_cast<int>(json["block_height"].as_integer());
    raster.compression = json["compression"].as_string();
    raster.transform = numbers_from<6>(json["transform"]);
    raster.gcps_only = json["gcps_only"].as_bool();
    raster.renderable = json["renderable"].as_bool();
    raster.not_drawn = json["not_drawn"].as_string();
    raster.sampled_only = json["sampled_only"].as_bool();
    raster.looks_categorical = json["looks_categorical"].as_bool();
    for (const Json& band : json["bands"].items())
        raster.bands.push_back(band_from_json(band));
    return raster;
}

Json to_json(const LayerFacts& layer) {
    Json fields = Json::array();
    for (const FieldFacts& field : layer.fields)
        fields.push(Json::object({{"name", field.name}, {"type", field.type}}));
    return Json::object({{"name", layer.name},
                         {"geometry_type", layer.geometry_type},
                         {"feature_count", layer.feature_count},
                         {"fields", std::move(fields)}});
}

LayerFacts layer_from_json(const Json& json) {
    LayerFacts layer;
    layer.name = json["name"].as_string();
    layer.geometry_type = json["geometry_type"].as_string();
    layer.feature_count = json["feature_count"].as_integer();
    for (const Json& field : json["fields"].items())
        layer.fields.push_back({field["name"].as_string(), field["type"].as_string()});
    return layer;
}

Json to_json(const VectorFacts& vector) {
    Json layers = Json::array();
    for (const LayerFacts& layer : vector.layers)
        layers.push(to_json(layer));
    return Json::object({{"layers", std::move(layers)}});
}

} // namespace

Json to_json(const BandStatistics& statistics) {
    return Json::object({{"min", statistics.min},
                         {"max", statistics.max},
                         {"mean", statistics.mean},
                         {"std", statistics.std},
                         {"p2", statistics.p2},
                         {"p98", statistics.p98},
                         {"valid", statistics.valid},
                         {"exact", statistics.exact}});
}

BandStatistics statistics_from_json(const Json& json) {
    BandStatistics statistics;
    statistics.min = json["min"].as_number();
    statistics.max = json["max"].as_number();
    statistics.mean = json["mean"].as_number();
    statistics.std = json["std"].as_number();
    statistics.p2 = json["p2"].as_number();
    statistics.p98 = json["p98"].as_number();
    statistics.valid = json["valid"].as_number();
    statistics.exact = json["exact"].as_bool();
    return statistics;
}

Json to_json(const BandFacts& band) {
    Json json = Json::object({{"name", band.name}, {"data_type", band.data_type}});
    set_text(json, "description", band.description);
    set_number(json, "nodata", band.nodata);
    set_number(json, "scale", band.scale);
    set_number(json, "offset", band.offset);
    set_text(json, "unit", band.unit);
    set_text(json, "color_interpretation", band.color_interpretation);
    if (!band.colors.empty()) {
        Json colors = Json::array();
        for (const ColorEntry& entry : band.colors)
            colors.push(to_json(entry));
        json.set("colors", std::move(colors));
    }
    if (band.statistics)
        json.set("statistics", to_json(*band.statistics));
    return json;
}

BandFacts band_from_json(const Json& json) {
    BandFacts band;
    band.name = json["name"].as_string();
    band.data_type = json["data_type"].as_string();
    band.description = json["description"].as_string();
    band.nodata = number_from(json["nodata"]);
    band.scale = number_from(json["scale"]);
    band.offset = number_from(json["offset"]);
    band.unit = json["unit"].as_string();
    band.color_interpretation = json["color_interpretation"].as_string();
    for (const Json& entry : json["colors"].items())
        band.colors.push_back(color_from_json(entry));
    if (json["statistics"].is_object())
        band.statistics = statistics_from_json(json["statistics"]);
    return band;
}

Json to_json(const Facts& facts) {
    Json json = Json::object({{"driver", facts.driver}, {"media_type", facts.media_type}});
    if (facts.epsg)
        json.set("epsg", *facts.epsg);
    set_text(json, "crs_wkt", facts.crs_wkt);
    set_text(json, "crs_name", facts.crs_name);
    if (facts.geometry)
        json.set("geometry", *facts.geometry);
    set_numbers(json, "bbox", facts.bbox);
    set_numbers(json, "native_bbox", facts.native_bbox);
    set_number(json, "gsd", facts.gsd);
    if (facts.datetime)
        json.set("datetime", *facts.datetime);
    if (facts.raster)
        json.set("raster", to_json(*facts.raster));
    if (facts.vector)
        json.set("vector", to_json(*facts.vector));
    json.set("warnings", Json::array_of(facts.warnings));
    return json;
}

Result<Facts> facts_from_json(const Json& json) {
    if (!json["driver"].is_string() || json["raster"].is_object() == json["vector"].is_object())
        return fail_internal("facts: no driver, or not exactly one of raster and vector");
    Facts facts;
    facts.driver = json["driver"].as_string();
    facts.media_type = json["media_type"].as_string();
    if (json["epsg"].is_integer())
        facts.epsg = static_cast<int>(json["epsg"].as_integer());
    facts.crs_wkt = json["crs_wkt"].as_string();
    facts.crs_name = json["crs_name"].as_string();
    if (json["geometry"].is_object())
        facts.geometry = json["geometry"];
    facts.bbox = numbers_from<4>(json["bbox"]);
    facts.native_bbox = numbers_from<4>(json["native_bbox"]);
    facts.gsd = number_from(json["gsd"]);
    if (json["datetime"].is_string())
        facts.datetime = json["datetime"].as_string();
    if (json["raster"].is_object())
        facts.raster = raster_from_json(json["raster"]);
    if (json["vector"].is_object()) {
        facts.vector.emplace();
        for (const Json& layer : json["vector"]["layers"].items())
            facts.vector->layers.push_back(layer_from_json(layer));
    }
    for (const Json& warning : json["warnings"].items())
        facts.warnings.push_back(warning.as_string());
    return facts;
}

bool is_complex(const BandFacts& band) {
    return band.data_type.front() == 'c';
}

} // namespace landfall::imagery
