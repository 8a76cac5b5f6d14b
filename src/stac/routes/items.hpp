#pragma once
/// Items: the list of a collection and each of them. Contract: swisstopo.md sections 10 and 19.

#include "catalog/items/collection.hpp"
#include "catalog/items/item.hpp"
#include "catalog/search/shown_items.hpp"
#include "stac/input/item_input.hpp"
#include "stac/site.hpp"

#include <optional>
#include <string_view>

namespace landfall::stac {

Result<Reply> get_item(const Asked& asked);
Result<Reply> put_item(const Asked& asked);
Result<Reply> patch_item(const Asked& asked);
Result<Reply> delete_item(const Asked& asked);

/// An item that may be seen, with its collection.
struct SeenItem {
    std::optional<catalog::CollectionRow> collection; ///< nothing: it is in none
    catalog::ShownItem item;
};
/// NotFound in the shape of this face, also once it has expired.
Result<SeenItem> require_item(const Asked& asked);

/// The item that the path names, locked to be changed, also an expired one; nothing where there is none. Items without
/// a collection are not found: nothing is written to them here.
struct ItemForUpdate {
    std::optional<catalog::CollectionRow> collection;
    std::optional<catalog::ItemRow> item;
    bool is_expired = false;
};
Result<ItemForUpdate> find_item_for_update(const Asked& asked);

/// Makes an item of a collection of the project.
Result<catalog::ItemRow> create_item(const Asked& asked, const catalog::CollectionRow& collection, std::string_view id,
                                     const ItemInput& input);

} // namespace landfall::stac
