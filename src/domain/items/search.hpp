#pragma once
/// Searching a project or an organization in the client's words. Contract: geopera.md section 7.5.

#include "catalog/search/item_search.hpp"
#include "domain/context.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// What `items.search` takes besides its project.
struct SearchTerms {
    std::optional<std::vector<double>> bbox;
    std::optional<std::string> datetime;
    std::optional<std::vector<std::string>> collections;
    std::optional<std::string> type;         ///< an item type, or `image` for all raster types
    std::optional<Json> query;               ///< {property: {operator: value}}
    std::optional<std::vector<Json>> sortby; ///< [{field, direction}]
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};

/// Resolves the terms. InvalidArgument naming the faulty field.
Result<catalog::ItemQuery> make_query(const SearchTerms& terms);

} // namespace landfall::domain
