#pragma once
/// Assets as a STAC API shows them. Contract: swisstopo.md section 12.

#include "catalog/items/asset.hpp"
#include "stac/documents/links.hpp"

#include <span>
#include <string>

namespace landfall::stac {

/// One by itself, with its id and links.
std::string asset_document(const Asked& asked, const AssetOwner& owner, const catalog::AssetRow& asset);
/// Those of one owner as its document embeds them: an object by id, in the order given.
std::string embedded_assets(const Asked& asked, const AssetOwner& owner, std::span<const catalog::AssetRow> assets);

/// Opaque; another one with each change of the asset.
std::string etag_of(const catalog::AssetRow& asset);

} // namespace landfall::stac
