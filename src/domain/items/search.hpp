#pragma once
/// Searching a project or an organization in the client's words. Contract: geopera.md section 7.5.

#include "catalog/search/item_search.hpp"
#include "domain/context.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

struct SortTerm {
    std::string field;
    std::string direction = "asc";
};
inline constexpr std::string_view kSortDirections[] = {"asc", "desc"};

constexpr auto describe(schema::Of<SortTerm>) {
    return schema::fields(
        schema::field("field", &SortTerm::field, {.text = "A column or property", .required = true, .min_length = 1}),
        schema::field("direction", &SortTerm::direction, {.one_of = kSortDirections}));
}

/// What `items.search` takes besides its project.
struct SearchTerms {
    std::optional<std::vector<double>> bbox;
    std::optional<std::string> datetime;
    std::optional<std::vector<std::string>> collections;
    std::optional<std::string> type; ///< an item type, or `image` for all raster types
    std::optional<Json> query;       ///< {property: {operator: value}}
    std::vector<SortTerm> sortby{};
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};

/// The operator of a `query` by its name, if it is one.
std::optional<catalog::Comparison> comparison_of(std::string_view name);

/// Resolves the terms. InvalidArgument naming the faulty field.
Result<catalog::ItemQuery> make_query(const SearchTerms& terms);

} // namespace landfall::domain
