#pragma once
/// Collections as a STAC API shows them. Contract: swisstopo.md sections 9 and 18.

#include "catalog/items/asset.hpp"
#include "catalog/search/collection_summaries.hpp"
#include "stac/site.hpp"

#include <string>
#include <vector>

namespace landfall::stac {

/// A collection with what is true of it now.
struct ShownCollection {
    catalog::CollectionRow row;
    catalog::CollectionChanges changes;
    catalog::Summary summary;
    std::vector<catalog::AssetRow> assets; ///< its own, by key
};
Result<ShownCollection> show(const Asked& asked, catalog::CollectionRow row);

std::string collection_document(const Asked& asked, const ShownCollection& shown);

/// Opaque; another one with each change of the collection, its items and assets.
std::string etag_of(const catalog::CollectionRow& row, const catalog::CollectionChanges& changes);

/// The title that users gave it: one that is no more than its id counts only where it was said.
std::optional<std::string> title_of(const catalog::CollectionRow& row);

} // namespace landfall::stac
