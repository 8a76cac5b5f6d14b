#pragma once
/// What one STAC API says its own way; everything else is the same for all of them.

#include <string_view>

namespace landfall::stac {

struct Dialect {
    std::string_view base; ///< of its paths
    std::string_view stac_version;
    std::string_view checksum;           ///< the member that holds the checksum of a file
    std::string_view gsd;                ///< that of the ground sample distance of an asset
    bool has_roles = true;               ///< assets say theirs
    bool has_types = true;               ///< collections and the landing page say what they are
    bool links_collection_assets = true; ///< a collection leads to its own assets
    std::string_view documentation;      ///< folder of its published documents
};

/// swisstopo's. Contract: swisstopo.md.
inline constexpr Dialect kSwisstopo{.base = "/api/stac/v1",
                                    .stac_version = "1.0.0",
                                    .checksum = "file:checksum",
                                    .gsd = "gsd",
                                    .documentation = "/api/stac/static/spec/v1"};
/// The same data as it was shown before. Contract: swisstopo.md section 21.
inline constexpr Dialect kSwisstopo09{.base = "/api/stac/v0.9",
                                      .stac_version = "0.9.0",
                                      .checksum = "checksum:multihash",
                                      .gsd = "eo:gsd",
                                      .has_roles = false,
                                      .has_types = false,
                                      .links_collection_assets = false,
                                      .documentation = "/api/stac/static/spec/v0.9"};

} // namespace landfall::stac
