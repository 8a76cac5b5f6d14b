#pragma once
/// Which ids collections, items and assets may have. Contract: swisstopo.md section 2, "Identifier rules".

#include "stac/refusal.hpp"

#include <string_view>

namespace landfall::stac {

/// Adds what is wrong with the id of a new thing.
void check_id(Faults& faults, std::string_view id);
/// The same of a collection, whose id is the first part of paths at the root of the server.
void check_collection_id(Faults& faults, std::string_view id);

} // namespace landfall::stac
