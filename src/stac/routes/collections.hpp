#pragma once
/// Collections: their list and each of them. Contract: swisstopo.md section 9.

#include "catalog/items/collection.hpp"
#include "stac/site.hpp"

namespace landfall::stac {

Result<Reply> list_collections(const Asked& asked);
Result<Reply> get_collection(const Asked& asked);
Result<Reply> put_collection(const Asked& asked);
Result<Reply> patch_collection(const Asked& asked);
Result<Reply> delete_collection(const Asked& asked);

/// The live collection that the path names. NotFound in the shape of this face.
Result<catalog::CollectionRow> require_collection(const Asked& asked);

} // namespace landfall::stac
