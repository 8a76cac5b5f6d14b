#pragma once
/// Features of an item as vector tiles. Contract: extensions.md, Pixels, `items.tile.vector`.

#include "domain/context.hpp"
#include "domain/drawing/tiles.hpp"
#include "imagery/facts.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct VectorTileTerms {
    ItemId item_id;
    std::optional<std::string> asset_key; ///< else `data`, else the first that holds features
    std::optional<std::string> layer;     ///< else all
    std::int64_t z = 0, x = 0, y = 0;     ///< of WebMercatorQuad
};

/// A Mapbox Vector Tile; without bytes where nothing lies. InvalidArgument for an item without features and for an
/// address that is none, NotFound for a layer that there is not, Gone for expired items, Unavailable while its turn
/// does not come.
Result<RenderedTile> render_vector_tile(Call& call, const VectorTileTerms& terms);

/// What TileJSON says of an item's features.
struct VectorTileSummary {
    catalog::ItemRow item;
    imagery::VectorFacts facts;
    std::string version; ///< another one whenever a tile would look different
    std::array<double, 4> bounds{-180, -85.0511287798066, 180, 85.0511287798066}; ///< west, south, east, north, degrees
    int minzoom = 0, maxzoom = 14;
};
/// InvalidArgument for an item without features.
Result<VectorTileSummary> summarize_vector_tiles(Context& cx, const ItemId& item,
                                                 const std::optional<std::string>& asset_key);

} // namespace landfall::domain
