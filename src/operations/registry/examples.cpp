#include "operations/registry/components.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace landfall::operations {
namespace {

/// What fields of a name hold in every example, as JSON. Who adds a required text field adds it here, unless its schema
/// has names to choose from.
constexpr std::pair<std::string_view, std::string_view> kTypical[] = {
    {"aoi_geometry", R"({"type":"Polygon","coordinates":[[[-34.95,-8.05],[-34.9,-8.05],[-34.9,-8],[-34.95,-8.05]]]})"},
    {"area", R"("Switzerland and Liechtenstein")"},
    {"asset_id", R"("data")"},
    {"asset_key", R"("data")"},
    {"band_names", R"(["red","green","blue","nir"])"},
    {"base_url", R"("https://imagery.example.org")"},
    {"bbox", "[-35,-8.1,-34.8,-7.9]"},
    {"bounds", "[-35,-8.1,-34.8,-7.9]"},
    {"bytes", "12582912"},
    {"category", R"("raster")"},
    {"center", "[-34.9,-8,12]"},
    {"cloud_cover", "4.5"},
    {"code", R"("EPSG:2056")"},
    {"cog_url", R"("/api/v1/items/it_01k2zv5n8q3w7r9t4x6b0c1d2e/assets/data")"},
    {"collections", R"(["col_01k2zv5n8q3w7r9t4x6b0c1d2e"])"},
    {"color", R"("#1a9850")"},
    {"colormap", R"("rdylgn")"},
    {"content_type", R"("image/tiff")"},
    {"coordinates", "[[-34.92,-8.02]]"},
    {"crs", R"("EPSG:2056")"},
    {"datetime", R"("2026-05-18T04:21:00Z")"},
    {"description", R"("Flown after the rains")"},
    {"direction", R"("up")"},
    {"display_name", R"("Vigour of the vines")"},
    {"dst_id", R"("u_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"dst_type", R"("upload")"},
    {"email", R"("ada@example.org")"},
    {"entity_id", R"("it_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"entity_type", R"("item")"},
    {"error_message", R"("The connection was lost")"},
    {"etag", R"("9b2cf535f27731c974343645a3985328")"},
    {"expression", "\"(nir - red) / (nir + red)\""},
    {"field", R"("datetime")"},
    {"file_count", "1"},
    {"file_name", R"("olinda.tif")"},
    {"filter", R"({"op":"<","args":[{"property":"eo:cloud_cover"},10]})"},
    {"format", R"("png")"},
    {"formula", "\"(NIR - RED) / (NIR + RED)\""},
    {"formula_id", R"("bf_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"geometry", R"({"type":"Polygon","coordinates":[[[-35,-8.1],[-34.8,-8.1],[-34.9,-7.9],[-35,-8.1]]]})"},
    {"gsd", "0.12"},
    {"head", R"("SUkqAAgAAAA=")"},
    {"href", R"("/api/v1/items/it_01k2zv5n8q3w7r9t4x6b0c1d2e/assets/data")"},
    {"id", R"("it_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"index_name", R"("ndvi")"},
    {"ip", R"("203.0.113.7")"},
    {"item_id", R"("it_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"job_id", R"("job_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"job_type", R"("cog_clip")"},
    {"job_type_name", R"("cog_clip")"},
    {"jobID", R"("job_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"key", R"("data")"},
    {"label", R"("Natural colour")"},
    {"limit", "100"},
    {"max", "10000"},
    {"max_depth", "20"},
    {"maxzoom", "22"},
    {"mean", "1523.4"},
    {"media_type", R"("image/tiff; application=geotiff; profile=cloud-optimized")"},
    {"message", R"("The sidecar olinda.txt belongs to no raster and was left out")"},
    {"month", R"("2026-11")"},
    {"mosaic_type", R"("data")"},
    {"mosaic_types", R"(["data"])"},
    {"name", R"("Olinda, May")"},
    {"object_path", R"("uploads/u_01k2zv5n8q3w7r9t4x6b0c1d2e/olinda.tif")"},
    {"operation", R"("items.delete")"},
    {"operation_name", R"("zonal_stats")"},
    {"outcome", R"("ok")"},
    {"p2", "240"},
    {"p98", "3480"},
    {"params",
     R"({"item_id":"it_01k2zv5n8q3w7r9t4x6b0c1d2e","geometry":{"type":"Polygon","coordinates":[[[-35,-8.1],[-34.8,-8.1],[-34.9,-7.9],[-35,-8.1]]]}})"},
    {"part_count", "2"},
    {"part_number", "1"},
    {"part_numbers", "[1,2]"},
    {"part_size", "8388608"},
    {"permissions", R"(["items:read","uploads:write"])"},
    {"prefix", R"("gpra_Xk3v9Qa")"},
    {"principal_id", R"("key_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"principal_type", R"("api_key")"},
    {"process_id", R"("cog_clip")"},
    {"processID", R"("cog_clip")"},
    {"profile", R"("default")"},
    {"q", R"("swiss lv95")"},
    {"query", R"({"cloud_cover":{"lt":10}})"},
    {"rel", R"("next")"},
    {"relation", R"("derived_from")"},
    {"request_id", R"("req_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"required_bands", R"(["NIR","RED"])"},
    {"role", R"("editor")"},
    {"roles", R"(["data"])"},
    {"sensor", R"("sentinel-2")"},
    {"side_effect", R"("destructive")"},
    {"slug", R"("survey-office")"},
    {"source_item_id", R"("it_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"source", R"("Rouse et al. 1974, NASA SP-351")"},
    {"src_id", R"("it_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"src_type", R"("item")"},
    {"stac_id", R"("olinda-2026-05")"},
    {"status", R"("pending")"},
    {"std", "811.2"},
    {"tilejson", R"("3.0.0")"},
    {"tiles", R"(["https://imagery.example.org/api/v1/items/it_01k2zv5n8q3w7r9t4x6b0c1d2e/tiles/{z}/{x}/{y}.webp"])"},
    {"title", R"("Clip")"},
    {"total_bytes", "12582912"},
    {"type", R"("user_raster")"},
    {"upload_url",
     R"("https://imagery.example.org/storage/landfall/uploads/u_01k2zv5n8q3w7r9t4x6b0c1d2e/olinda.tif?X-Amz-Signature=c0ffee")"},
    {"url", R"("https://imagery.example.org/storage/landfall/objects/olinda.tif?X-Amz-Signature=c0ffee")"},
    {"user_agent", R"("landfall/1.0")"},
    {"valid", "0.98"},
    {"version", R"("1.0.0")"},
    {"workspaceId", R"("prj_01k2zv5n8q3w7r9t4x6b0c1d2e")"},
    {"value_range", "[-1,1]"},
};

/// The typical value of a field; nothing if there is none.
Json typical(std::string_view field) {
    const auto* const found = std::ranges::find(kTypical, field, [](const auto& each) { return each.first; });
    return found == std::end(kTypical) ? Json() : Json::parse(std::string(found->second)).value_or(Json());
}

/// The type that a schema names; of one that takes null as well, the other; empty if it names none.
std::string_view type_of(const Json& schema) {
    const Json& type = schema["type"];
    return type.is_array() ? type.items().front().as_view() : type.as_view();
}

bool is_of_type(const Json& value, std::string_view type) {
    return type.empty() || (type == "string" && value.is_string()) || (type == "array" && value.is_array()) ||
           (type == "object" && value.is_object()) || (type == "boolean" && value.is_bool()) ||
           (type == "number" && value.is_number()) || (type == "integer" && value.is_integer());
}

bool has_entries_of_type(const Json& value, std::string_view type) {
    return std::ranges::all_of(value.items(), [&](const Json& entry) { return is_of_type(entry, type); });
}

Json example_object(const Json& schema, std::string_view name) {
    Json object = Json::object();
    const auto& required = schema["required"].items();
    for (const auto& [field, property] : schema["properties"].members()) {
        const bool must = std::ranges::find(required, Json(field)) != required.end();
        Json value = example_of(property, field);
        if (must && value.is_null() && !type_of(property).empty() && !property["type"].is_array())
            throw std::logic_error(
                fmt::format("the field '{}' of {} has no example: name one in examples.cpp", field, name));
        if (must || !typical(field).is_null())
            object.set(field, std::move(value));
    }
    return object;
}

Json example_array(const Json& schema, std::string_view field) {
    Json entry = example_of(schema["items"], field);
    return entry.is_null() ? Json::array() : Json::array({std::move(entry)});
}

} // namespace

Json example_of(const Json& schema, std::string_view field) {
    const std::string_view type = type_of(schema);
    if (const Json* own = schema.find("examples"))
        return own->items().front();
    Json value = typical(field);
    const auto& names = schema["enum"].items();
    const bool fits = is_of_type(value, type) && has_entries_of_type(value, type_of(schema["items"])) &&
                      (names.empty() || std::ranges::find(names, value) != names.end());
    if (schema.find("properties") != nullptr)
        return example_object(schema, field);
    if (!value.is_null() && fits)
        return value;
    if (!names.empty())
        return names.front();
    if (const Json* initial = schema.find("default"))
        return *initial;
    if (type == "array")
        return example_array(schema, field);
    if (schema["format"] == Json("date-time"))
        return Json("2026-05-18T04:21:00Z");
    if (type == "object")
        return Json::object();
    if (type == "boolean")
        return Json(true);
    if (type == "integer" || type == "number")
        return schema["minimum"].is_number() ? schema["minimum"] : Json(0);
    return {};
}

} // namespace landfall::operations
