#pragma once
/// Assets of items.

#include "catalog/items/object.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

/// What a rendition is.
enum class RenditionKind { Cog, Thumbnail };

constexpr auto enum_names(schema::Of<RenditionKind>) {
    return std::array{std::pair{RenditionKind::Cog, std::string_view("cog")},
                      std::pair{RenditionKind::Thumbnail, std::string_view("thumbnail")}};
}

/// What is wrong with an asset's bytes.
enum class AssetDamage {
    Missing,   ///< the store has not got them, or other ones
    Unreadable ///< not all of the picture can be read
};

constexpr auto enum_names(schema::Of<AssetDamage>) {
    return std::array{std::pair{AssetDamage::Missing, std::string_view("missing")},
                      std::pair{AssetDamage::Unreadable, std::string_view("unreadable")}};
}

/// How an asset's checksum stands to its bytes.
enum class ChecksumState {
    Pending,  ///< the bytes are still to be read
    Verified, ///< it is theirs
    Declared, ///< by whoever sent them, and not held against them
    Damaged   ///< they are others than were declared
};

constexpr auto enum_names(schema::Of<ChecksumState>) {
    return std::array{std::pair{ChecksumState::Pending, std::string_view("pending")},
                      std::pair{ChecksumState::Verified, std::string_view("verified")},
                      std::pair{ChecksumState::Declared, std::string_view("declared")},
                      std::pair{ChecksumState::Damaged, std::string_view("damaged")}};
}

struct AssetRow {
    AssetId id;
    OrganizationId organization_id;
    ProjectId project_id;
    ItemId item_id;
    std::string key;                   ///< unique among the item's live assets
    std::optional<ObjectId> object_id; ///< nothing: external, see href, or without a file so far
    std::optional<std::string> href;   ///< of an external asset
    std::string file_name;             ///< for downloads
    std::optional<std::string> title;
    std::string media_type = "application/octet-stream";
    std::string roles = "[]"; ///< JSON array of names
    std::optional<std::string> description;
    std::optional<std::string> members;          ///< JSON object: what its user says further, `proj:epsg` say
    std::optional<std::string> content_encoding; ///< of the stored bytes, whose `checksum` is that of the decoded ones
    std::optional<std::int64_t> file_size_bytes;
    std::optional<std::string> checksum;         ///< hexadecimal multihash
    std::optional<ChecksumState> checksum_state; ///< nothing: the checksum, if any, was taken when the bytes came
    std::optional<std::string> band_names;       ///< JSON array of names
    std::optional<std::string> data_type;
    std::optional<std::string> nodata;
    std::optional<std::string> statistics;       ///< JSON array, one object a band
    std::string facts = "{}";                    ///< JSON: what the probe found
    bool is_rendition = false;                   ///< made by us, not counted against the quota
    std::optional<AssetId> derived_from_asset;   ///< of a rendition: what it shows
    std::optional<RenditionKind> rendition_kind; ///< of a rendition
    std::optional<UploadId> upload_id;           ///< which brought it
    std::optional<AssetId> sidecar_of;           ///< the asset that it came with and is read with
    std::optional<AssetDamage> damage;           ///< as far as it was noticed
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::optional<std::string> blob_key; ///< read only: of the object
    std::optional<std::string> sha256;   ///< read only: of the object, hexadecimal
    std::optional<std::string> md5;      ///< read only: of the object, hexadecimal
};

constexpr auto columns(Of<AssetRow>) {
    using R = AssetRow;
    using enum Use;
    return table("asset", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("project_id", &R::project_id), column("item_id", &R::item_id),
                 column("asset_key", &R::key, Mutable), column("object_id", &R::object_id, Mutable),
                 column("href", &R::href, Mutable), column("file_name", &R::file_name, Mutable),
                 column("title", &R::title, Mutable), column("media_type", &R::media_type, Mutable),
                 column("roles", &R::roles, Mutable), column("description", &R::description, Mutable),
                 column("members", &R::members, Mutable), column("content_encoding", &R::content_encoding, Mutable),
                 column("file_size_bytes", &R::file_size_bytes, Mutable), column("checksum", &R::checksum, Mutable),
                 column("checksum_state", &R::checksum_state, Mutable), column("band_names", &R::band_names, Mutable),
                 column("data_type", &R::data_type, Mutable), column("nodata", &R::nodata, Mutable),
                 column("statistics", &R::statistics, Mutable), column("facts", &R::facts, Mutable),
                 column("is_rendition", &R::is_rendition, Mutable),
                 column("derived_from_asset", &R::derived_from_asset, Mutable),
                 column("rendition_kind", &R::rendition_kind, Mutable), column("upload_id", &R::upload_id, Mutable),
                 column("sidecar_of", &R::sidecar_of, Mutable), column("damage", &R::damage, Mutable),
                 column("created_at", &R::created_at), column("updated_at", &R::updated_at, Mutable),
                 column("deleted_at", &R::deleted_at), joined("o.blob_key", &R::blob_key),
                 joined("o.sha256", &R::sha256), joined("o.md5", &R::md5));
}

/// What tells the bytes of stored assets apart: the SHA-256, or until it is known what stands for it.
std::string content_digest(const AssetRow& asset);

/// Inserts a live asset. The caller has acquired its object. Conflict if id or key is taken.
Status insert_asset(Session& session, const AssetRow& row);
/// A live asset of the item, by its id or by its key.
Result<std::optional<AssetRow>> find_asset(Session& session, const OrganizationId& organization, const ItemId& item,
                                           std::string_view id_or_key);
/// A live asset of any item of the organization.
Result<std::optional<AssetRow>> find_asset_by_id(Session& session, const OrganizationId& organization,
                                                 const AssetId& id);
/// A live asset of a live project by its id alone: the storage path names no organization, its signature stands for it.
Result<std::optional<AssetRow>> find_asset_of_any_organization(Session& session, const AssetId& id);
/// Live assets, oldest first.
Result<std::vector<AssetRow>> list_assets(Session& session, const OrganizationId& organization, const ItemId& item);
/// Those of many items, each item's by their keys; renditions left out.
Result<std::vector<AssetRow>> list_files_of_items(Session& session, const OrganizationId& organization,
                                                  const std::vector<ItemId>& items);
/// Deleted ones too.
Result<std::vector<AssetRow>> list_assets_even_deleted(Session& session, const OrganizationId& organization,
                                                       const ItemId& item);
/// Live assets that are no renditions.
Result<std::int64_t> count_files(Session& session, const OrganizationId& organization, const ItemId& item);
/// Live assets of whose bytes the object is.
Result<std::vector<AssetRow>> list_assets_of_object(Session& session, const OrganizationId& organization,
                                                    const ObjectId& object);
/// Live assets of every organization whose bytes are missing.
Result<std::vector<AssetRow>> list_missing_assets(Session& session, std::int64_t limit);
/// Writes the mutable columns of a live asset. False if there is none.
Result<bool> update_asset(Session& session, const AssetRow& row);
/// False if there is no such live asset. The caller releases the object.
Result<bool> delete_asset(Session& session, const OrganizationId& organization, const AssetId& id, Timestamp at);
/// Removes the rows of an item's assets for good.
Status purge_assets(Session& session, const OrganizationId& organization, const ItemId& item);

} // namespace landfall::catalog
