#pragma once
/// Rendering an item as map tiles. Contract: geopera.md section 10; design: section 9.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "domain/drawing/view.hpp"
#include "imagery/tile_request.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

/// What a tile is asked for, in the client's words.
struct TileTerms : View {
    std::int64_t z = 0, x = 0, y = 0;
    std::string format = "webp"; ///< png, webp, jpg, jpeg
    std::int64_t size = 256;     ///< pixels a side: 256 or 512
    std::int64_t quality = 82;
    std::string aoi;     ///< GeoJSON text: what lies outside is clear; empty: all is shown
    std::string version; ///< of the look that the caller was told of: no older one is drawn; empty: any
};

struct RenderedTile {
    std::string bytes; ///< empty if the caller has it already (`Call::preconditions`)
    std::string media_type;
    std::string etag;    ///< without quotes: of the source's digest and every parameter
    std::string version; ///< of the look that was drawn
};
/// InvalidArgument for bad parameters and for items that cannot be drawn, Gone for expired items.
Result<RenderedTile> render_tile(Call& call, const TileTerms& terms);

/// Counts a tile to what its item's organization uses.
void count_tile(Call& call, const catalog::ItemRow& item);

/// What TileJSON says of an item.
struct TileSummary {
    catalog::ItemRow item;
    std::string version; ///< changes whenever a tile would look different: part of immutable URLs
    std::array<double, 4> bounds{-180, -85.0511287798066, 180, 85.0511287798066}; ///< west, south, east, north, degrees
    double center_longitude = 0; ///< degrees; of the ground covered, also across the antimeridian
    int minzoom = 0, maxzoom = 22;
};
/// Refuses what a tile of these terms, wherever it lies, would be refused for.
Result<TileSummary> summarize_tiles(Context& cx, const TileTerms& terms);

} // namespace landfall::domain
