#pragma once
/// One page of items, wherever they come from. Contract: swisstopo.md section 6.

#include "catalog/search/shown_items.hpp"
#include "stac/paging/cursor.hpp"

#include <functional>
#include <string>
#include <vector>

namespace landfall::stac {

/// Numbers of at most `limit` items on one side of a cursor, nearest first.
using Fetch = std::function<Result<std::vector<std::int64_t>>(const Cursor& from, std::int64_t limit)>;
/// By what an item is found in the order.
using KeysOf = std::function<std::vector<std::string>(const catalog::ShownItem&)>;

struct Window {
    std::vector<catalog::ShownItem> items; ///< in the list's order
    Neighbours around;
};
Result<Window> read_window(const Asked& asked, const PageRequest& page, const Fetch& fetch, const KeysOf& keys_of);

/// The items with their assets as a FeatureCollection; `links` are the list's.
Result<std::string> feature_collection(const Asked& asked, const Window& window, const Json& links);

} // namespace landfall::stac
