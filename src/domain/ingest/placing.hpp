#pragma once
/// Where items lie by what their files say, or by the coordinate reference system that a user gives instead.
/// Contract: `extensions.md`, "Catalog".

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "domain/items/renditions.hpp"
#include "imagery/facts.hpp"
#include "imagery/tasks.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

/// Systems whose code, name and area hold the words, the best match first.
Result<imagery::CrsList> find_crs(Call& call, const imagery::CrsQuery& query);

/// InvalidArgument at `crs` for a text that is neither a known code nor WKT of a system of the Earth.
Status check_crs(Call& call, const std::string& crs);

/// The facts of an item: those of its first file without the bands, which belong to the asset.
std::string item_facts(const imagery::Facts& facts);

/// What the probe has to say of a file, among the properties of its item; instead of what an earlier one said.
void tell_warnings(Json& properties, const imagery::Facts& facts);

/// Where and when an item's pixels were taken, as a file of it says, where nothing is known of it yet.
Status set_place_and_time(catalog::ItemRow& item, const imagery::Facts& facts);

/// An asset that a user puts elsewhere.
struct PlaceTerms {
    ItemId item_id;
    std::optional<std::string> asset_key; ///< id or key; absent: the item's first raster
    std::string crs;                      ///< a code or WKT
};

/// The asset read in that system, outside of any transaction.
struct PreparedPlace {
    catalog::AssetRow asset; ///< as it was
    imagery::Facts facts;    ///< as they are then
    std::optional<MadeCog> cog;
};
/// InvalidArgument at `crs` where the file cannot be placed so, NotFound for an asset that the item has not got.
Result<PreparedPlace> prepare_place(Call& call, const PlaceTerms& terms);

/// Places the asset, and its item if that lies where its first raster does: facts, footprint, documents and what is
/// drawn follow; renditions are made anew, uploaded bytes stay. Aborted if the asset changed meanwhile.
Result<catalog::ItemRow> commit_place(Context& cx, const PlaceTerms& terms, const PreparedPlace& prepared);

} // namespace landfall::domain
