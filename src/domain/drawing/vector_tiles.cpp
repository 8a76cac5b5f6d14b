#include "domain/drawing/vector_tiles.hpp"

#include "core/text.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_matrix.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/workplace.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "imagery/vector_task.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::int64_t kMostTileBytes = 16 << 20;
constexpr std::size_t kMostQuoted = 100; ///< bytes of what a refusal repeats

struct VectorSource {
    catalog::ItemRow item;
    catalog::AssetRow asset;
    std::vector<catalog::AssetRow> assets; ///< of the item
    imagery::Facts facts;
    std::string version;
};

auto no_features(std::string_view why) {
    return fail_field("item_id", fmt::format("The item has no vector tiles: {}", why));
}

bool holds_features(const catalog::AssetRow& asset) {
    if (asset.is_rendition || !asset.blob_key)
        return false;
    const auto facts = Json::parse(asset.facts);
    return facts && (*facts)["vector"].is_object();
}

Result<catalog::AssetRow> choose_features(const std::vector<catalog::AssetRow>& assets,
                                          const std::optional<std::string>& wanted) {
    if (wanted && !wanted->empty()) {
        TRY(const auto* const named, named_asset(assets, *wanted));
        return holds_features(*named) ? Result<catalog::AssetRow>(*named)
                                      : no_features(fmt::format("the asset '{}' holds no features", named->key));
    }
    const catalog::AssetRow* found = nullptr;
    for (const auto& asset : assets)
        if (holds_features(asset) && (found == nullptr || (asset.key == "data" && found->key != "data")))
            found = &asset;
    return found != nullptr ? Result<catalog::AssetRow>(*found) : no_features("none of its assets holds features");
}

Result<VectorSource> find_vector_source(Context& cx, const ItemId& id, const std::optional<std::string>& asset_key) {
    VectorSource source;
    TRY(source.item, require_item(cx, id, ProjectRole::Viewer));
    if (source.item.lifecycle_state == "expired")
        return fail(Code::Gone, "The item is expired and no longer drawn");
    TRY(source.assets, catalog::list_assets(cx.session, source.item.organization_id, source.item.id));
    TRY(source.asset, choose_features(source.assets, asset_key));
    TRY(source.facts, imagery::facts_from_text(source.asset.facts));
    source.version = to_hex(sha256(catalog::content_digest(source.asset) + "\n" + source.asset.facts)).substr(0, 16);
    return source;
}

/// Whether the file has such a layer, as far as the facts tell.
bool may_have_layer(const imagery::VectorFacts& facts, const std::string& name) {
    const bool all_listed = static_cast<std::int64_t>(facts.layers.size()) == facts.layer_count;
    return !all_listed || std::ranges::any_of(facts.layers, [&](const auto& layer) { return layer.name == name; });
}

Result<Picture> draw(Call& call, const VectorSource& source, const VectorTileTerms& terms) {
    TRY(auto place, lay_out_asset(call.services, source.assets, source.asset));
    imagery::VectorTileArguments arguments;
    arguments.files = std::move(place.files);
    arguments.files.crs = source.facts.given_crs;
    arguments.layer = terms.layer.value_or("");
    arguments.z = static_cast<int>(terms.z);
    arguments.x = terms.x;
    arguments.y = terms.y;
    AwaitedTasks tasks(call.services, source.item.organization_id,
                       std::chrono::milliseconds(call.services.settings.limits.tile_milliseconds));
    TRY(const auto made, tasks.run(imagery::kDrawVectorTile, place.folder.path(), arguments));
    TRY(auto bytes, place.folder.read_made(made.file, kMostTileBytes));
    return Picture{std::move(bytes), std::string(imagery::kVectorTileType)};
}

} // namespace

Result<RenderedTile> render_vector_tile(Call& call, const VectorTileTerms& terms) {
    CHECK_OK(check_tile_address(terms.z, terms.x, terms.y));
    TRY(const auto source,
        in_snapshot(call, [&](Context& cx) { return find_vector_source(cx, terms.item_id, terms.asset_key); }));
    const std::string layer = terms.layer.value_or("");
    if (!layer.empty() && !may_have_layer(*source.facts.vector, layer))
        return fail(Code::NotFound, fmt::format("The file has no layer '{}'; items.tile.tilejson tells which it has",
                                                clean_utf8(layer, kMostQuoted)));
    RenderedTile tile;
    tile.etag =
        to_hex(sha256(fmt::format("{}\n{}/{}/{}\n{}", source.version, terms.z, terms.x, terms.y, layer))).substr(0, 40);
    tile.version = source.version;
    count_tile(call, source.item);
    if (call.preconditions.has(tile.etag))
        return tile;
    const std::string key = source.item.organization_id.str() + "vector" + tile.etag;
    TRY(const auto drawn, call.services.tile_cache.get(key, [&] { return draw(call, source, terms); }));
    tile.bytes = drawn->bytes;
    tile.media_type = drawn->media_type;
    return tile;
}

Result<VectorTileSummary> summarize_vector_tiles(Context& cx, const ItemId& item,
                                                 const std::optional<std::string>& asset_key) {
    TRY(auto source, find_vector_source(cx, item, asset_key));
    VectorTileSummary out;
    out.facts = *std::move(source.facts.vector);
    if (source.facts.bbox)
        out.bounds = mapped_bounds(*source.facts.bbox);
    out.version = std::move(source.version);
    out.item = std::move(source.item);
    return out;
}

} // namespace landfall::domain
