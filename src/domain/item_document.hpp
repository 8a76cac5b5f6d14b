#pragma once
/// The two stored texts of an item, composed once when it changes: the API record (geopera.md section 7.5) and its
/// STAC 1.0.0 document. Pages of results splice them and never rebuild JSON.

#include "catalog/asset.hpp"
#include "catalog/item.hpp"
#include "catalog/provenance.hpp"
#include "domain/context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// Stands in stored documents where the server's origin goes. A raw control character cannot occur in JSON, so no
/// user text can contain it.
inline constexpr char kBaseUrlMark = '\x01';

/// A stored text with the origin put in. `base_url` must be safe inside a JSON string: see `checked_base_url`.
std::string with_base_url(std::string_view stored, std::string_view base_url);
/// The origin to write into links: the given one without trailing slashes, or the server's. InvalidArgument unless it
/// is an http or https URL without quotes, spaces or control characters.
Result<std::string> checked_base_url(const Call& call, const std::optional<std::string>& given);

/// Path of the GET face that leads to an asset's bytes (with credentials): stable, never signed.
std::string asset_path(const ItemId& item, std::string_view key);

std::string compose_record(const catalog::ItemRow& item);
std::string compose_document(const catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                             const std::vector<catalog::EdgeRow>& origins);

/// Composes both texts of an item that is not stored yet.
void compose_texts(catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                   const std::vector<catalog::EdgeRow>& origins);
/// Reads assets and lineage, composes both texts and stores the item. Conflict if it changed meanwhile.
Status store_item(catalog::Session& session, catalog::ItemRow& item, catalog::IndexUpdate index, Timestamp now);

} // namespace landfall::domain
