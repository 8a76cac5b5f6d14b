#pragma once
/// Searching an organization in the words of STAC. Contract: geopera.md section 15 "STAC".

#include "catalog/search/item_search.hpp"
#include "domain/context.hpp"
#include "domain/items/search.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// What `stac.search` takes.
struct StacTerms {
    std::optional<std::vector<std::string>> collections; ///< their STAC ids
    std::optional<std::vector<std::string>> ids;         ///< STAC ids of items
    std::optional<std::string> datetime;
    std::vector<SortTerm> sortby;
    std::int64_t limit = 10;
    std::int64_t page = 0;      ///< the first is 0
    std::optional<Json> filter; ///< CQL2-JSON
    std::optional<std::vector<double>> bbox;
    std::optional<Json> intersects; ///< a GeoJSON geometry
};

/// The query for what the caller may read in its organization, for none if it has no organization. InvalidArgument
/// naming the faulty field.
Result<catalog::ItemQuery> make_stac_query(Context& cx, const StacTerms& terms);

} // namespace landfall::domain
