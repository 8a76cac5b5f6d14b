#pragma once
/// Which stored file a tile is drawn from, and how: the reading half of rendering.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "domain/items/blob_copy.hpp"
#include "domain/versioned_cache.hpp"
#include "imagery/band_names.hpp"
#include "imagery/facts.hpp"
#include "imagery/tile_request.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace landfall::domain {

struct TileSource {
    catalog::ItemRow item;
    catalog::AssetRow original;   ///< the asset that was meant; facts and bands are its
    catalog::AssetRow file;       ///< the best file of it: itself, or its COG rendition
    std::vector<NamedBlob> files; ///< the main one (`input.tif`) first
    imagery::Facts facts;
    imagery::BandNames names; ///< of the facts
    std::string extension;    ///< of the main file
    std::string driver;
    std::string profile_type;
    std::optional<Json> profile_config;
    std::string version; ///< another one whenever something of the above could make a tile look different
};

/// What the values of a band are called, by its 1-based number; `expression` for 0.
std::string value_name(const imagery::Facts& facts, int band);

/// By caller, item, profile and asset; tiles of one map share a source.
class TileSources : public VersionedCache<TileSource> {
public:
    TileSources(const Versions& versions, std::size_t max_bytes) : VersionedCache(versions, 2'000, max_bytes) {}
};

/// The extension under which a tile worker opens an uploaded file of these facts itself. Nothing for formats that it
/// can draw from their COG rendition only (archives, netCDF, …), and where only a .prj sidecar tells the reference
/// system.
std::optional<std::string_view> direct_extension(const imagery::Facts& facts, std::string_view media_type,
                                                 const std::vector<std::string>& sidecar_names);

/// The named asset, else the profile's, else `data`, else the first raster; of these the first that can be read.
/// Nothing if the item has none, NotFound if it has not got the named one.
Result<std::optional<catalog::AssetRow>> choose_asset(const std::vector<catalog::AssetRow>& assets,
                                                      const std::optional<std::string>& wanted,
                                                      const std::optional<std::string>& of_profile);

/// Resolves item, asset and profile for a caller who may read. InvalidArgument if the asset cannot be drawn.
Result<TileSource> find_tile_source(Context& cx, const ItemId& item, const std::optional<std::string>& profile,
                                    const std::optional<std::string>& asset_key);

} // namespace landfall::domain
