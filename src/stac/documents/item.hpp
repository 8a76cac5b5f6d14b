#pragma once
/// Items as a STAC API shows them. Contract: swisstopo.md section 10.

#include "catalog/items/asset.hpp"
#include "catalog/search/shown_items.hpp"
#include "stac/site.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::stac {

/// `collection`: the STAC id under which it is shown; `assets`: its files by key.
std::string item_document(const Asked& asked, std::string_view collection, const catalog::ShownItem& item,
                          std::span<const catalog::AssetRow> assets);

/// The documents of items, with their assets, in the same order.
Result<std::vector<std::string>> item_documents(const Asked& asked, const std::vector<catalog::ShownItem>& items);
/// One item with its assets.
Result<std::string> item_document(const Asked& asked, const catalog::ShownItem& item);

/// Opaque; another one with each change of the item and its assets.
std::string etag_of(const catalog::ShownItem& item);

/// The title that users gave it: one that is no more than its id counts only where it was said.
std::optional<std::string> title_of(const catalog::ShownItem& item, const Json& properties);

} // namespace landfall::stac
