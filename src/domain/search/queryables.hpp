#pragma once
/// What a STAC filter or sort may speak of, in the words of STAC documents.

#include "catalog/search/item_search.hpp"

#include <string_view>

namespace landfall::domain {

/// What a queryable holds; Property: whatever users gave items under that name.
enum class QueryableType { Text, Number, Instant, Geometry, Property };

struct Queryable {
    catalog::ItemField field;
    QueryableType type = QueryableType::Property;
};

/// Resolves a name as documents have it, with or without `properties.` before it: `id` is the STAC id, `collection` the
/// collection's. A name that is none of ours is the property of that whole name.
Queryable queryable(std::string_view name);

} // namespace landfall::domain
