#pragma once
/// The two stored texts of an item, composed once when it changes: the API record (geopera.md section 7.5) and its
/// STAC document. Pages of results splice them and never rebuild JSON.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/provenance.hpp"

#include <vector>

namespace landfall::domain {

inline constexpr std::size_t kDocumentBytes = 512 * 1024;

/// Composes both. InvalidArgument if the document would be larger than 512 KiB, which stays readable in one piece: see
/// design section 5.
Status compose_texts(catalog::Session& session, catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                     const std::vector<catalog::EdgeRow>& origins);

} // namespace landfall::domain
