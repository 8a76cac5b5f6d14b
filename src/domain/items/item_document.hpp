#pragma once
/// The two stored texts of an item, composed once when it changes: the API record (geopera.md section 7.5) and its
/// STAC 1.0.0 document. Pages of results splice them and never rebuild JSON. The links
/// of a stored document are relative.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "catalog/items/provenance.hpp"
#include "domain/context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// Origins to put before the relative links of a stored document, which is JSON without them as well. Both must be safe
/// inside a JSON string: see `checked_base_url`.
struct Origins {
    std::string_view links;  ///< what links and asset addresses begin with
    std::string_view server; ///< where this server publishes its schemas
};
/// Splices the origins in, in one pass. Text of users is never taken for a link.
std::string with_origins(std::string_view stored, const Origins& origins);
/// The origin to write into links: the given one without trailing slashes, or the server's. InvalidArgument unless it
/// is an http or https URL without quotes, spaces or control characters.
Result<std::string> checked_base_url(const Call& call, const std::optional<std::string>& given);

/// Where the schema of the extension with `geopera:derived_from` is published, and the schema itself (JSON Schema 7).
inline constexpr std::string_view kLineageSchemaPath = "/schemas/lineage/v1.0.0/schema.json";
Json lineage_schema();

/// Path of the GET face that leads to an asset's bytes (with credentials): stable, never signed.
std::string asset_path(const ItemId& item, std::string_view key);

std::string compose_record(const catalog::ItemRow& item);
std::string compose_document(const catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                             const std::vector<catalog::EdgeRow>& origins);

/// Composes both texts of an item. InvalidArgument if the document would be larger than 512 KiB, which stays readable
/// in one piece: see design section 5.
Status compose_texts(catalog::ItemRow& item, const std::vector<catalog::AssetRow>& assets,
                     const std::vector<catalog::EdgeRow>& origins);
inline constexpr std::size_t kDocumentBytes = 512 * 1024;

} // namespace landfall::domain
