#pragma once
/// How an item is looked at, in the client's words: what tiles, exports, statistics and legends take alike. Contract:
/// geopera.md section 10, extensions.md, Pixels.

#include "core/ids.hpp"
#include "core/result.hpp"
#include "imagery/tile_request.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct TileSource;

/// Explicit parameters beat the profile; without either, the default profile; without that, what the file is.
struct View {
    ItemId item_id;
    std::optional<std::string> profile; ///< id or name
    std::optional<std::string> asset_key;
    std::optional<std::string> expression, bands, rescale;
    std::optional<std::string> colormap; ///< a name, or JSON text
    std::optional<double> gamma, contrast, saturation, nodata;
    std::optional<std::string> resampling, algorithm;
    std::optional<imagery::TerrainParams> algorithm_params;
};

/// The rendering that is meant, with what is open still settled by what the file is. Bands or an expression put aside
/// the colours of the profile. InvalidArgument names each parameter that does not fit the file.
Result<imagery::Rendering> choose_rendering(const TileSource& source, const View& view);

/// What is read for values: the view's expression or bands, however many, or those of the profile, and how it is
/// resampled; no looks. Without any, all bands.
Result<imagery::Rendering> choose_values(const TileSource& source, const View& view);

} // namespace landfall::domain
