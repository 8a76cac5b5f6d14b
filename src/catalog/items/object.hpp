#pragma once
/// Stored objects: immutable bytes that assets share by reference counting.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

/// Stored bytes, shared by reference counting.
struct ObjectRow {
    ObjectId id;
    OrganizationId organization_id;
    std::string blob_key; ///< unique; names the bytes in the object store
    std::int64_t size = 0;
    std::string md5;    ///< hexadecimal, or an S3 multipart ETag
    std::string sha256; ///< hexadecimal; empty until a job has read what came in parts
    std::int64_t refs = 1;
    Timestamp created_at{};
    std::optional<Timestamp> released_at; ///< when refs fell to 0
};

constexpr auto columns(Of<ObjectRow>) {
    using R = ObjectRow;
    using enum Use;
    return table("object", column("id", &R::id, Key), column("organization_id", &R::organization_id),
                 column("blob_key", &R::blob_key), column("size", &R::size), column("md5", &R::md5),
                 column("sha256", &R::sha256), column("refs", &R::refs), column("created_at", &R::created_at),
                 column("released_at", &R::released_at));
}

/// Conflict if id or blob_key is taken.
Status insert_object(Session& session, const ObjectRow& row);
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
/// Whether there is any.
Result<bool> has_objects(Session& session);
/// The object of these bytes.
Result<std::optional<ObjectRow>> find_object_of_blob(Session& session, std::string_view blob_key);
/// What a job found in the bytes of an object that came in parts.
struct FoundChecksum {
    ObjectId object_id;
    std::string blob_key;
    std::string sha256;            ///< hexadecimal
    std::string multihash;         ///< the same, for assets
    std::string state;             ///< of assets whose checksum is that, or that have none
    std::string state_if_declared; ///< of assets for which another was declared
};
/// Writes it on the object, on its assets, deleted ones too, and on the file of a session that waits.
Status note_checksum(Session& session, const FoundChecksum& found);
/// Objects in use of every organization, in the order of their blobs from one name on.
Result<std::vector<ObjectRow>> list_objects_from(Session& session, std::string_view blob_key, std::int64_t limit);
/// The newest objects in use of every organization, the newest first.
Result<std::vector<ObjectRow>> list_newest_objects(Session& session, std::int64_t limit);
/// A blob that rows name.
struct NamedBlob {
    std::string key;
    std::int64_t size = 0;
    std::string sha256; ///< hexadecimal; empty if it was put together from parts
    bool needed = true; ///< false: of an object that nothing refers to, whose bytes may be gone
};
/// Every blob that any object, any job or any file of an open upload names, once, by key.
Result<std::vector<NamedBlob>> list_named_blobs(Session& session);
/// Whether any object, any job or any file of an open upload names the blob.
Result<bool> blob_is_known(Session& session, std::string_view blob_key);
/// Those of the blobs that none of them names.
Result<std::vector<std::string>> unknown_blobs(Session& session, const std::vector<std::string>& blob_keys);

} // namespace landfall::catalog
