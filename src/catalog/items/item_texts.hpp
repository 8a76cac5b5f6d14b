#pragma once
/// The stored texts of a page of items.

#include "catalog/items/item.hpp"
#include "catalog/vocabulary.hpp"

#include <string>
#include <vector>

namespace landfall::catalog {

/// Texts of the items of these numbers, in their order; numbers without an item are left out.
Result<std::vector<std::string>> read_item_texts(Session& session, const std::vector<std::int64_t>& numbers,
                                                 ItemText text);

} // namespace landfall::catalog
