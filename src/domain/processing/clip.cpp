#include "domain/processing/clip.hpp"

#include "catalog/items/asset.hpp"
#include "core/text.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/assets.hpp"
#include "domain/tenancy/access.hpp"
#include "geo/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::int64_t kCreditsAnAsset = 1;
constexpr std::size_t kNameBytes = 500;
constexpr std::size_t kMostQuoted = 100;

using Assets = std::vector<catalog::AssetRow>;

bool is_uploaded_raster(const catalog::AssetRow& asset) {
    return asset.statistics && !asset.is_rendition && asset.blob_key;
}

/// The named ones in their order, else every uploaded raster.
Result<std::vector<const catalog::AssetRow*>> chosen_assets(const Assets& assets, const Json& keys) {
    std::vector<const catalog::AssetRow*> chosen;
    if (keys.is_null()) {
        for (const auto& asset : assets)
            if (is_uploaded_raster(asset))
                chosen.push_back(&asset);
        if (chosen.empty())
            return fail_field("source_item_id", "The item has no raster that could be clipped");
        return chosen;
    }
    if (!keys.is_array() || keys.items().empty())
        return fail_field("asset_keys", "Give a list of asset keys, or leave it out for every raster of the item");
    for (const Json& key : keys.items()) {
        if (!key.is_string())
            return fail_field("asset_keys", "An asset key is a text");
        TRY(const auto* const found, named_asset(assets, key.as_view()));
        if (!is_uploaded_raster(*found))
            return fail_field("asset_keys", fmt::format("The asset '{}' is no uploaded raster",
                                                        clean_utf8(key.as_view(), kMostQuoted)));
        if (std::ranges::find(chosen, found) == chosen.end())
            chosen.push_back(found);
    }
    return chosen;
}

/// Whether the area lies where the raster does, as far as its outline tells.
Status check_touches(const std::string& outline, const catalog::AssetRow& asset) {
    TRY(const auto facts, imagery::facts_from_text(asset.facts));
    const bool placed = facts.raster && (facts.raster->transform || facts.raster->gcps_only) && facts.bbox;
    if (!placed || (facts.crs_wkt.empty() && facts.given_crs.empty()))
        return fail_field("asset_keys", fmt::format("The asset '{}' has no place on the ground, so no area can be cut "
                                                    "out of it; items.set_crs gives it one",
                                                    asset.key));
    if (std::ranges::any_of(facts.raster->bands, imagery::is_complex))
        return fail_field("asset_keys",
                          fmt::format("The asset '{}' holds complex numbers, which are not clipped", asset.key));
    const auto& [west, south, east, north] = *facts.bbox;
    const geo::Footprint box = geo::footprint_of(geo::Bounds{west, south, east, north});
    if (geo::footprints_touch(geo::outline_of(box), outline))
        return {};
    return fail_field("aoi_geometry",
                      fmt::format("The area does not touch the raster '{}', which lies within west {:.6f}, south "
                                  "{:.6f}, east {:.6f}, north {:.6f}",
                                  asset.key, west, south, east, north));
}

Result<std::string> name_of(const ProcessOrder& order, const catalog::ItemRow& item) {
    if (!order.name)
        return clean_utf8(item.name + " (clip)", kNameBytes);
    const std::string name = clean_utf8(*order.name, kNameBytes);
    if (name.empty() || order.name->size() > kNameBytes)
        return fail_field("output_name", fmt::format("A name has 1 to {} bytes", kNameBytes));
    return name;
}

} // namespace

Result<PlannedJob> plan_clip(Context& cx, const ProcessOrder& order) {
    if (!order.source_item_id)
        return fail_field("source_item_id", "Field required", "missing");
    const Json* const geometry = order.parameters.find("aoi_geometry");
    if (geometry == nullptr)
        return fail_field("aoi_geometry", "Field required", "missing");
    TRY(const auto item, require_item(cx, *order.source_item_id, ProjectRole::Viewer));
    if (item.lifecycle_state == "expired")
        return fail(Code::Gone, "The item is expired and no longer processed");
    const ProjectId target = order.project_id.empty() ? item.project_id : order.project_id;
    TRY(const auto project, require_writable_project(cx, target, ProjectRole::Editor));
    std::string outline;
    if (!order.was_checked) {
        TRY(const geo::Area area,
            order.area ? Result<geo::Area>(*order.area) : geo::parse_area(*geometry, "aoi_geometry"));
        outline = area.outline();
    }
    TRY(const auto assets, catalog::list_assets(cx.session, item.organization_id, item.id));
    TRY(const auto chosen, chosen_assets(assets, order.parameters["asset_keys"]));
    PlannedJob planned;
    ClipParameters parameters;
    for (const auto* asset : chosen) {
        if (!order.was_checked)
            CHECK_OK(check_touches(outline, *asset));
        parameters.asset_keys.push_back(asset->key);
        planned.inputs.push_back({"asset", asset->id.str()});
    }
    planned.inputs.push_back({"item", item.id.str()});
    catalog::ProcessingJobRow& row = planned.row;
    row.organization_id = item.organization_id;
    row.project_id = project.id;
    row.process = kClipName;
    TRY(row.name, name_of(order, item));
    row.source_item_id = item.id;
    row.parameters = schema::to_json_text(parameters);
    row.aoi_geometry = geometry->dump();
    row.credits = kCreditsAnAsset * std::ssize(chosen);
    return planned;
}

} // namespace landfall::domain
