#pragma once
/// Links of ours within stored STAC texts: stored relative, and given an origin when a face shows them.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

/// Origins to put before the relative links of a stored document, which is JSON without them as well. Both must be safe
/// inside a JSON string: see `checked_base_url`.
struct Origins {
    std::string_view links;  ///< what links and asset addresses begin with
    std::string_view server; ///< where this server publishes its schemas
};
/// Splices the origins in, in one pass. Text of users is never taken for a link.
std::string with_origins(std::string_view stored, const Origins& origins);
/// The origin to write into links: the given one without trailing slashes, or the server's if it is empty or not given.
/// InvalidArgument unless it is an http or https URL without quotes, spaces or control characters.
Result<std::string> checked_base_url(const Call& call, const std::optional<std::string>& given);

/// A path of ours as JSON text that `with_origins` finds. The path needs no escape but this one.
std::string link_text(std::string_view path);
/// `{"rel":…,"href":…,"type":…}` with such a path.
std::string link_object(std::string_view rel, std::string_view path, std::string_view type);

/// Where the schema of the extension with `geopera:derived_from` is published, and the schema itself (JSON Schema 7).
inline constexpr std::string_view kLineageSchemaPath = "/schemas/lineage/v1.0.0/schema.json";
Json lineage_schema();

/// Path of the GET face that leads to an asset's bytes (with credentials): stable, never signed.
std::string asset_path(const ItemId& item, std::string_view key);
/// Path of the GET face that shows a collection's STAC document.
std::string collection_path(const CollectionId& collection);

} // namespace landfall::domain
