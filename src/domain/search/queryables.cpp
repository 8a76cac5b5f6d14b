#include "domain/search/queryables.hpp"

#include <algorithm>
#include <iterator>

namespace landfall::domain {
namespace {

struct Known {
    std::string_view name;
    std::string_view column;
    QueryableType type;
};

constexpr Known kKnown[] = {
    {"id", "stac_id", QueryableType::Text},
    {"collection", "collection_stac_id", QueryableType::Text},
    {"geometry", "place", QueryableType::Geometry},
    {"datetime", "datetime", QueryableType::Instant},
    {"start_datetime", "start_datetime", QueryableType::Instant},
    {"end_datetime", "end_datetime", QueryableType::Instant},
    {"created", "created_at", QueryableType::Instant},
    {"updated", "updated_at", QueryableType::Instant},
    {"title", "name", QueryableType::Text},
    {"description", "description", QueryableType::Text},
    {"gsd", "gsd", QueryableType::Number},
    {"eo:cloud_cover", "cloud_cover", QueryableType::Number},
    {"geopera:type", "type", QueryableType::Text},
    {"geopera:lifecycle_state", "lifecycle_state", QueryableType::Text},
    {"geopera:project_id", "project_id", QueryableType::Text},
};

} // namespace

Queryable queryable(std::string_view name) {
    constexpr std::string_view kPrefix = "properties.";
    if (name.starts_with(kPrefix))
        name.remove_prefix(kPrefix.size());
    const auto* known = std::ranges::find(kKnown, name, &Known::name);
    if (known != std::end(kKnown))
        return {{std::string(known->column), {}}, known->type};
    return {{"", {std::string(name)}}, QueryableType::Property};
}

} // namespace landfall::domain
