#pragma once
/// Assets of items and of collections. Contract: swisstopo.md sections 12 and 13.

#include "catalog/items/asset.hpp"
#include "domain/items/shelf.hpp"
#include "stac/documents/links.hpp"
#include "stac/site.hpp"

#include <optional>
#include <vector>

namespace landfall::stac {

Result<Reply> list_assets(const Asked& asked);
Result<Reply> get_asset(const Asked& asked);
Result<Reply> put_asset(const Asked& asked);
Result<Reply> patch_asset(const Asked& asked);
Result<Reply> delete_asset(const Asked& asked);

/// Whether something answers at the `href` of the body, where it may have one.
Result<Errand> ask_href(const Asked& asked);

/// The owner of assets that the path names, to be read, and its files by key. NotFound in the shape of this face.
struct SeenAssets {
    AssetOwner owner;
    std::optional<std::string> cache_control; ///< of the collection
    std::vector<catalog::AssetRow> assets;
};
Result<SeenAssets> require_assets(const Asked& asked);
/// One of them, that the path names.
Result<catalog::AssetRow> require_asset(const Asked& asked, const SeenAssets& seen);

/// The collection that a write names, and the shelf on which its asset lies or will.
struct Target {
    AssetOwner owner;
    catalog::CollectionRow collection;
    std::optional<domain::Shelf> shelf;       ///< nothing: a collection that never had any
    std::optional<catalog::AssetRow> asset{}; ///< nothing: there is none of that id
};
/// Locks what an asset belongs to. Nothing where that is not there.
Result<std::optional<Target>> find_target(const Asked& asked);

} // namespace landfall::stac
