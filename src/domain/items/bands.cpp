#include "domain/items/bands.hpp"

#include "core/text.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "imagery/band_names.hpp"
#include "imagery/band_suggestion.hpp"

#include <fmt/format.h>

#include <set>

namespace landfall::domain {
namespace {

constexpr std::size_t kNameLength = 255; ///< characters
constexpr int kMostBands = 65'535;

Result<imagery::Facts> raster_facts(const catalog::AssetRow& asset) {
    TRY(const Json facts, Json::parse(asset.facts));
    if (!facts["raster"].is_object())
        return fail_field("asset_id", "The asset has no bands: it is no raster");
    // A rendition keeps no more than what a document says of it.
    TRY(auto raster, schema::from_json<imagery::RasterFacts>(facts["raster"]));
    imagery::Facts out;
    out.raster = std::move(raster);
    return out;
}

std::vector<std::string> names_of(const imagery::RasterFacts& raster) {
    std::vector<std::string> names;
    for (const auto& band : raster.bands)
        names.push_back(band.name);
    return names;
}

Status check_names(const std::vector<std::string>& names, std::size_t bands) {
    if (names.size() != bands)
        return fail_field("band_names", fmt::format("The asset has {} {}, so give as many names, not {}", bands,
                                                    bands == 1 ? "band" : "bands", names.size()));
    const imagery::BandNames numbers(kMostBands);
    std::set<std::string> known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty())
            return fail_field("band_names", "A band's name has at least one character");
        if (!known.insert(lower_case(names[i])).second)
            return fail_field("band_names", fmt::format("Two bands are called '{}'; names must differ, also without "
                                                        "regard to case",
                                                        clean_utf8(names[i], kNameLength)));
        const int number = names[i].starts_with('b') ? numbers.find(names[i]) : 0;
        if (number != 0 && number != static_cast<int>(i) + 1)
            return fail_field("band_names", fmt::format("'{}' always means band {}; call band {} otherwise", names[i],
                                                        number, i + 1));
    }
    return {};
}

/// The name replaces what the file says of a band, so that both never contradict each other.
void rename(imagery::RasterFacts& raster, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < std::min(names.size(), raster.bands.size()); ++i) {
        auto& band = raster.bands[i];
        if (band.name == names[i])
            continue;
        band.name = names[i];
        band.description.clear();
    }
}

/// The asset's texts with its bands renamed; whatever else its facts hold stays.
Status rename_in(catalog::AssetRow& asset, const std::vector<std::string>& names) {
    TRY(Json facts, Json::parse(asset.facts));
    TRY(auto raster, schema::from_json<imagery::RasterFacts>(facts["raster"]));
    rename(raster, names);
    TRY(Json renamed, Json::parse(schema::to_json_text(raster)));
    facts.set("raster", std::move(renamed));
    asset.facts = facts.dump();
    asset.band_names = Json::array_of(names).dump();
    return {};
}

} // namespace

Result<BandSuggestion> suggest_band_names(Context& cx, const ItemId& id, const std::string& asset_id_or_key) {
    TRY(const auto item, require_item(cx, id, ProjectRole::Viewer));
    TRY(const auto asset, require_asset(cx, item, asset_id_or_key));
    TRY(const auto facts, raster_facts(asset));
    return BandSuggestion{imagery::suggested_band_names(*facts.raster), names_of(*facts.raster)};
}

Result<catalog::AssetRow> set_band_names(Context& cx, const ItemId& id, const std::string& asset_id_or_key,
                                         const std::vector<std::string>& names) {
    TRY(auto locked, require_item_for_update(cx, id));
    TRY(auto asset, require_asset(cx, locked, asset_id_or_key));
    TRY(const auto facts, raster_facts(asset));
    if (asset.is_rendition)
        return fail_field("asset_id", "The asset is a rendition; name the bands of the one that it was made of");
    CHECK_OK(check_names(names, facts.raster->bands.size()));
    TRY(auto shelf, Shelf::open(cx, std::move(locked)));
    for (auto one : std::vector(shelf.assets())) {
        if (one.id != asset.id && (one.derived_from_asset != asset.id || !one.band_names))
            continue;
        CHECK_OK(rename_in(one, names));
        CHECK_OK(shelf.change_asset(one));
        if (one.id == asset.id)
            asset = std::move(one);
    }
    CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    cx.touch(asset.id.str());
    return asset;
}

void keep_band_names(imagery::Facts& found, const imagery::Facts& before) {
    if (!found.raster || !before.raster || found.raster->bands.size() != before.raster->bands.size())
        return;
    for (std::size_t i = 0; i < found.raster->bands.size(); ++i) {
        found.raster->bands[i].name = before.raster->bands[i].name;
        found.raster->bands[i].description = before.raster->bands[i].description;
    }
}

} // namespace landfall::domain
