#pragma once
/// An item as a STAC document (geopera.md section 7.5, extensions.md "STAC documents"): composed once when the item
/// changes, in the 1.0.0 form and with relative links, and shown from that text in either version.
/// Decision: docs/decisions/0018-stac-documents.md.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/provenance.hpp"
#include "domain/stac/links.hpp"
#include "domain/stac/stac_version.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// The text to store. `collection`: the STAC id of the item's collection, if it is in one.
std::string compose_document(const catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                             const std::vector<catalog::EdgeRow>& origins,
                             const std::optional<std::string>& collection);

/// A stored text as a face shows it, without parsing it into values.
std::string show_document(std::string_view stored, StacVersion version, const Origins& origins);

} // namespace landfall::domain
