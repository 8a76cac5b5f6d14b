#pragma once
/// Stored objects to which signed URLs led a moment ago.

#include "domain/items/assets.hpp"
#include "domain/versioned_cache.hpp"
#include "storage/object_store.hpp"

#include <memory>

namespace landfall::domain {

/// A stored object open for reading, as a signed URL that was found good led to it.
struct SignedDownload {
    ServedObject object;
    std::shared_ptr<const storage::BlobReader> reader;
    Timestamp expires_at{}; ///< of the URL
};

/// By all that the signature covers. Each entry holds a descriptor.
class SignedDownloads : public VersionedCache<SignedDownload> {
public:
    explicit SignedDownloads(const Versions& versions) : VersionedCache(versions, 256) {}
};

} // namespace landfall::domain
