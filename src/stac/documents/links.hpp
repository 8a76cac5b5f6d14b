#pragma once
/// The links of STAC documents, and where things lie. Contract: swisstopo.md section 2, "Link objects".

#include "schema/json.hpp"
#include "stac/site.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::stac {

/// The id under which items without a collection are shown.
inline constexpr std::string_view kUncollected = "uncollected";

/// Absolute addresses.
std::string collection_url(const Asked& asked, std::string_view collection);
std::string items_url(const Asked& asked, std::string_view collection);
std::string item_url(const Asked& asked, std::string_view collection, std::string_view item);

/// Whose an asset is: an item's, or a collection's own where `item` is empty.
struct AssetOwner {
    std::string collection; ///< STAC ids
    std::string item{};
};
std::string owner_url(const Asked& asked, const AssetOwner& owner);
std::string assets_url(const Asked& asked, const AssetOwner& owner);
std::string asset_url(const Asked& asked, const AssetOwner& owner, std::string_view asset);
/// Where the file of an asset is fetched: at the root of the server.
std::string file_url(const Asked& asked, const AssetOwner& owner, std::string_view asset);

Json link(std::string_view rel, std::string href, std::string_view type = "application/json");
/// The generated links, then those of users.
Json landing_links(const Asked& asked);
Json collections_links(const Asked& asked);
Json collection_links(const Asked& asked, std::string_view collection, const Json& given);
Json items_links(const Asked& asked, std::string_view collection);
Json item_links(const Asked& asked, std::string_view collection, std::string_view item, const Json& given);
Json assets_links(const Asked& asked, const AssetOwner& owner);
Json asset_links(const Asked& asked, const AssetOwner& owner, std::string_view asset);
Json search_links(const Asked& asked);

/// What a DELETE answers.
Reply deleted(std::string_view name, std::string parent);

} // namespace landfall::stac
