#pragma once
/// Assets: files of an item, their stored bytes, and handing them out. Contract: geopera.md sections 7.6 and 7.9.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "domain/items/blob_copy.hpp"
#include "domain/items/shelf.hpp"
#include "imagery/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

/// Fills the asset's bands, type, nodata, statistics and facts from a probe.
void describe_asset(catalog::AssetRow& asset, const imagery::Facts& facts);

/// The stored sidecars that came with an asset, among the assets of its item.
std::vector<const catalog::AssetRow*> sidecars_of(const std::vector<catalog::AssetRow>& assets,
                                                  const catalog::AssetRow& original);

/// The stored file of an asset and its sidecars, under the names by which a worker sees them; its own is `safe_name`.
std::vector<NamedBlob> named_files(const std::vector<const catalog::AssetRow*>& sidecars,
                                   const catalog::AssetRow& original, const std::string& safe_name);

/// One of an item's assets by id or key. NotFound if the item has no such.
Result<const catalog::AssetRow*> named_asset(const std::vector<catalog::AssetRow>& assets, std::string_view id_or_key);

/// A live asset of an item that the caller may read, by id or key. NotFound if the item has no such.
Result<catalog::AssetRow> require_asset(Context& cx, const catalog::ItemRow& item, const std::string& id_or_key);

/// Deletes an asset's row, ends the upload of its file that is in progress, and adds to `freed` the bytes that no asset
/// holds any more which counts. Its object stays.
Status drop_asset(catalog::Transaction& transaction, const catalog::AssetRow& asset, Timestamp now,
                  std::int64_t& freed);

/// Deletes an asset of a shelf, gives its object back and ends its jobs; `freed` as for `drop_asset`.
Status take_away(Context& cx, Shelf& shelf, const catalog::AssetRow& asset, std::int64_t& freed);

/// Deletes an asset of a shelf with its renditions and sidecars, gives their storage back and stores the item.
Status remove_asset(Context& cx, Shelf& shelf, const catalog::AssetRow& asset);

/// Takes the stored file of an asset away, with what was drawn of it, and gives its storage back; the asset stays and
/// may get another. `store` is the caller's to call.
Status give_up_file(Context& cx, Shelf& shelf, catalog::AssetRow asset);

/// Deletes an asset of an item with its renditions and sidecars, and gives their storage back. PermissionDenied for an
/// asset of another item, BadRequest for the item's last data asset, NotFound a second time.
Result<AssetId> delete_asset(Context& cx, const ItemId& item, const std::string& asset_id_or_key);

/// A signed URL for the bytes of one asset, and what it leads to.
struct AssetDownload {
    std::string url; ///< works without credentials for `expires_in_seconds`
    std::int64_t expires_in_seconds = 900;
    AssetId asset_id;
    std::int64_t size_bytes = 0;
    std::string media_type;
};
/// A call that `repeats` gets the same URL for half its life, which counts once. Gone for deleted and expired items,
/// PaymentRequired while the subscription is past due, ResourceExhausted beyond the asset's hourly or the
/// organization's daily limit.
Result<AssetDownload> download_asset(Context& cx, const ItemId& item, const std::string& asset_id_or_key);

/// Whether the bytes of an asset may leave at all: PaymentRequired while the subscription is past due,
/// ResourceExhausted beyond the organization's daily limit.
Status check_handing_out(Context& cx, const catalog::AssetRow& asset);

/// The parameter of a signed URL that tells for whom it was made.
inline constexpr std::string_view kAskerParameter = "X-Landfall-By";

/// What a fetched download URL leads to. The path is the signed one: `assets/{asset_id}/{file name}`.
struct ServedObject {
    OrganizationId organization_id;
    ProjectId project_id;
    ItemId item_id;
    AssetId asset_id;
    std::string asker; ///< id of the principal that the URL was made for; may be empty
    UserId user_id;    ///< that user, or the one who made the key; may be empty
    std::string blob_key;
    std::string file_name;
    std::string media_type;
    std::string md5;    ///< hexadecimal, or an S3 multipart ETag
    std::string sha256; ///< hexadecimal
    std::int64_t size = 0;
    Timestamp created_at{};
};
/// NotFound if the path names no stored asset.
Result<ServedObject> find_served_object(const Services& services, std::string_view object_path,
                                        const std::string& asker);

} // namespace landfall::domain
