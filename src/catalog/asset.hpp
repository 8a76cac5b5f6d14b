#pragma once
/// Assets of items, and the stored objects behind them.

#include "catalog/database.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct AssetRow {
    AssetId id;
    OrganizationId organization_id;
    ProjectId project_id;
    ItemId item_id;
    std::string key;                   ///< unique among the item's live assets
    std::optional<ObjectId> object_id; ///< nothing: external, see href
    std::optional<std::string> href;   ///< of an external asset
    std::string file_name;             ///< for downloads
    std::optional<std::string> title;
    std::string media_type = "application/octet-stream";
    std::string roles = "[]"; ///< JSON array of names
    std::optional<std::int64_t> file_size_bytes;
    std::optional<std::string> checksum;   ///< hexadecimal multihash
    std::optional<std::string> band_names; ///< JSON array of names
    std::optional<std::string> data_type;
    std::optional<std::string> nodata;
    std::optional<std::string> statistics; ///< JSON array, one object a band
    std::string facts = "{}";              ///< JSON: what the probe found
    bool is_rendition = false;             ///< made by us, not counted against the quota
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::optional<std::string> blob_key; ///< read only: of the object
    std::optional<std::string> sha256;   ///< read only: of the object, hexadecimal
    std::optional<std::string> md5;      ///< read only: of the object, hexadecimal
};

/// Inserts a live asset. The caller has acquired its object. Conflict if id or key is taken.
Status insert_asset(Session& session, const AssetRow& row);
/// A live asset of the item, by its id or by its key.
Result<std::optional<AssetRow>> find_asset(Session& session, const OrganizationId& organization, const ItemId& item,
                                           std::string_view id_or_key);
/// Also a deleted one (the newest of that key).
Result<std::optional<AssetRow>> find_asset_even_deleted(Session& session, const OrganizationId& organization,
                                                        const ItemId& item, std::string_view id_or_key);
/// A live asset of any item of the organization.
Result<std::optional<AssetRow>> find_asset_by_id(Session& session, const OrganizationId& organization,
                                                 const AssetId& id);
/// Live assets, oldest first.
Result<std::vector<AssetRow>> list_assets(Session& session, const OrganizationId& organization, const ItemId& item);
/// Deleted ones too.
Result<std::vector<AssetRow>> list_assets_even_deleted(Session& session, const OrganizationId& organization,
                                                       const ItemId& item);
/// Writes key, object_id, href, file_name, title, media_type, roles, file_size_bytes, checksum, band_names,
/// data_type, nodata, statistics, facts, is_rendition, updated_at of a live asset. False if there is none.
Result<bool> update_asset(Session& session, const AssetRow& row);
/// False if there is no such live asset. The caller releases the object.
Result<bool> delete_asset(Session& session, const OrganizationId& organization, const AssetId& id, Timestamp at);
/// Removes the rows of an item's assets for good.
Status purge_assets(Session& session, const OrganizationId& organization, const ItemId& item);

/// Stored bytes, shared by reference counting.
struct ObjectRow {
    ObjectId id;
    OrganizationId organization_id;
    std::string blob_key; ///< unique; names the bytes in the object store
    std::int64_t size = 0;
    std::string md5;    ///< hexadecimal, or an S3 multipart ETag
    std::string sha256; ///< hexadecimal
    std::int64_t refs = 1;
    Timestamp created_at{};
    std::optional<Timestamp> released_at; ///< when refs fell to 0
};

/// Conflict if id or blob_key is taken.
Status insert_object(Session& session, const ObjectRow& row);
Result<std::optional<ObjectRow>> find_object(Session& session, const OrganizationId& organization, const ObjectId& id);
Result<std::optional<ObjectRow>> find_object_by_blob(Session& session, std::string_view blob_key);
/// One more reference. False if it is unknown or released already.
Result<bool> acquire_object(Session& session, const OrganizationId& organization, const ObjectId& id);
/// One reference less; true if that was the last. NotFound if it is unknown or has none.
Result<bool> release_object(Session& session, const OrganizationId& organization, const ObjectId& id, Timestamp at);
/// Released objects of every organization that nothing refers to, longest released first.
Result<std::vector<ObjectRow>> list_released_objects(Session& session, Timestamp released_before, std::int64_t limit);
/// Removes the row of a released object, after its bytes are gone. False if it is in use.
Result<bool> purge_object(Session& session, const ObjectId& id);
/// Live non-rendition assets that still show the object: 0 means its bytes leave the usage.
Result<std::int64_t> count_counted_assets(Session& session, const OrganizationId& organization, const ObjectId& id);
/// Whether any object or any file of an open upload names the blob.
Result<bool> blob_is_known(Session& session, std::string_view blob_key);

} // namespace landfall::catalog
