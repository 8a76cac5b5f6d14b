#pragma once
/// Addresses of assets of this server, as callers of `cog.*` and `analytics.*` give them: the `url` inputs of
/// geopera.md sections 10 and 11.

#include "core/ids.hpp"
#include "domain/context.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

struct AssetPlace {
    ItemId item_id;
    std::string asset; ///< id or key
};

/// The asset that an address leads to: an asset's href (`/api/v1/items/{item}/assets/{asset}`) or a signed URL of its
/// bytes, with this server's origin or none. Whether the caller may read it is for whoever reads it to ask; a signature
/// gives no rights here. InvalidArgument that names `field` for every other address, NotFound for an asset that is
/// gone.
Result<AssetPlace> find_asset_place(Call& call, std::string_view field, const std::string& url);

} // namespace landfall::domain
