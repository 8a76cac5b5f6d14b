#pragma once
/// What a write says of a collection. Contract: swisstopo.md section 9, "Writable members".

#include "catalog/items/collection.hpp"
#include "stac/input/members.hpp"

#include <string_view>

namespace landfall::stac {

struct CollectionInput {
    Given<std::string> title;
    Given<std::string> description;
    Given<std::string> license;
    Given<Json> providers;
    Given<Json> links;
    Given<bool> published;
};

/// Everything that is wrong with the body at once.
Result<CollectionInput> read_collection(const Json& body, std::string_view id, Mode mode);

/// Lays the input over a row. False if it says what the row says already.
bool apply(const CollectionInput& input, catalog::CollectionRow& row, Mode mode);

} // namespace landfall::stac
