#pragma once
/// What the bands of an asset are called. Contract: geopera.md section 7.5.

#include "catalog/items/asset.hpp"
#include "domain/context.hpp"
#include "imagery/facts.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

struct BandSuggestion {
    std::vector<std::string> suggested, current;
};
/// What the bands of a raster asset, named by id or key, are probably called, and what they are called. InvalidArgument
/// for an asset without bands. Changes nothing.
Result<BandSuggestion> suggest_band_names(Context& cx, const ItemId& item, const std::string& asset_id_or_key);

/// Names the bands of an uploaded raster and of what was drawn of it. InvalidArgument unless there is one name for each
/// listed band, all of them different and none the number of another band (`b2` of the first).
Result<catalog::AssetRow> set_band_names(Context& cx, const ItemId& item, const std::string& asset_id_or_key,
                                         const std::vector<std::string>& names);

/// Lets the bands that were found keep the names that they had: a new reading of the same bytes knows nothing of them.
void keep_band_names(imagery::Facts& found, const imagery::Facts& before);

} // namespace landfall::domain
