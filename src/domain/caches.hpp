#pragma once
/// What a server keeps in memory between calls; all of it can be lost at any time.

#include "auth/principal.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/assets.hpp"
#include "domain/versioned_cache.hpp"

#include <memory>
#include <optional>
#include <string>

namespace landfall::domain {

/// A live API key as `authenticate` found it.
struct KnownKey {
    auth::Principal principal;
    std::optional<Timestamp> expires_at;
};

/// A stored object open for reading, as a signed URL that was found good led to it.
struct SignedDownload {
    ServedObject object;
    std::shared_ptr<const storage::BlobReader> reader;
    Timestamp expires_at{}; ///< of the URL
};

struct Caches {
    VersionedCache<KnownKey> keys{10'000};          ///< by the digest of the secret
    VersionedCache<TileSource> tile_sources{2'000}; ///< by caller, item, profile and asset
    /// By all that the signature covers. Each entry holds a descriptor.
    VersionedCache<std::shared_ptr<const SignedDownload>> downloads{256};
    TileCache tiles;
};

/// The version that cached reads hold for. Nothing where asking costs as much as reading: only SQLite tells it without
/// a round trip.
std::optional<std::int64_t> cache_version(const Services& services);

} // namespace landfall::domain
