#include "domain/analysis/zones.hpp"

#include "geo/area.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

Result<Zone> zone_of(const Json& geojson, std::string_view field) {
    Zone zone;
    const bool is_feature = geojson["type"].as_view() == "Feature";
    zone.geometry = is_feature ? geojson["geometry"] : geojson;
    if (is_feature) {
        if (const Json* id = geojson.find("id"); id != nullptr && (id->is_string() || id->is_number()))
            zone.id = *id;
        if (geojson["properties"].is_object())
            zone.properties = geojson["properties"];
    }
    CHECK_OK(geo::parse_area(zone.geometry, field));
    return zone;
}

} // namespace

Result<std::vector<Zone>> zones_of(const Json& geojson, std::string_view field, std::size_t most) {
    std::vector<Zone> zones;
    if (geojson["type"].as_view() != "FeatureCollection") {
        TRY(zones.emplace_back(), zone_of(geojson, field));
        return zones;
    }
    const auto& features = geojson["features"].items();
    if (features.empty() || features.size() > most)
        return fail_field(
            std::string(field),
            fmt::format("Give 1 to {} features, not {}; processing.create takes more.", most, features.size()));
    zones.reserve(features.size());
    for (const Json& feature : features) {
        TRY(zones.emplace_back(), zone_of(feature, field));
    }
    return zones;
}

} // namespace landfall::domain
