#pragma once
/// Areas in which something is measured, as GeoJSON brings them.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// A Polygon or MultiPolygon in degrees, and what came with it.
struct Zone {
    std::optional<Json> id; ///< a feature's: text or number
    Json properties = Json::object();
    Json geometry;
};

/// The zones of a geometry, a Feature or a FeatureCollection of at most `most`, at least one. InvalidArgument that
/// names `field` for what is none, and for geometries that `geo::parse_area` refuses.
Result<std::vector<Zone>> zones_of(const Json& geojson, std::string_view field, std::size_t most);

} // namespace landfall::domain
