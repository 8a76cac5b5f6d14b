#include "domain/drawing/tiles.hpp"

#include "core/text.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_matrix.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/drawing/tile_workers.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/transact.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace landfall::domain {
namespace {

constexpr double kEquatorMetres = 40'075'016.685578488;

Result<imagery::TileFormat> tile_format(const std::string& name) {
    if (name == "png")
        return imagery::TileFormat::Png;
    if (name == "webp")
        return imagery::TileFormat::Webp;
    if (name == "jpg" || name == "jpeg")
        return imagery::TileFormat::Jpeg;
    return fail_field("format", "The format must be png, webp, jpg or jpeg", "enum");
}

Status check_address(const TileTerms& terms) {
    CHECK_OK(check_tile_address(terms.z, terms.x, terms.y));
    if (terms.size != 256 && terms.size != 512)
        return fail_field("size", "Tiles have 256 or 512 pixels a side");
    if (terms.quality < 1 || terms.quality > 100)
        return fail_field("quality", "The quality must be between 1 and 100");
    return {};
}

Result<Picture> draw(Call& call, const TileSource& source, const imagery::TileRequest& request) {
    TRY(auto tile, ask_tile_worker(call, source, {request, {}, {}, {}}));
    if (tile.head.is_values || tile.head.format != request.format)
        return fail_internal("a tile worker drew another format than it was asked for");
    return Picture{std::move(tile.bytes), std::string(imagery::media_type_of(request.format))};
}

std::string etag_of(const TileSource& source, const imagery::TileRequest& request) {
    return to_hex(sha256(catalog::content_digest(source.file) + schema::to_json_text(request))).substr(0, 40);
}

/// The zoom at which one source pixel is about one tile pixel.
int native_zoom(const imagery::Facts& facts, double latitude) {
    if (!facts.gsd || *facts.gsd <= 0)
        return 18;
    const double ground = kEquatorMetres * std::cos(latitude * M_PI / 180) / 256;
    return static_cast<int>(
        std::clamp(std::ceil(std::log2(ground / *facts.gsd) - 0.25), 0.0, static_cast<double>(kMaxZoom)));
}

Result<RenderedTile> render_from(Call& call, const TileSource& source, const TileTerms& terms,
                                 imagery::TileFormat format) {
    imagery::TileRequest request = request_of(source);
    request.z = static_cast<int>(terms.z);
    request.x = terms.x;
    request.y = terms.y;
    request.size = static_cast<int>(terms.size);
    request.format = format;
    request.quality = static_cast<int>(terms.quality);
    request.aoi = terms.aoi;
    TRY(request.rendering, choose_rendering(source, terms));
    if (request.rendering.algorithm == "terrainrgb") {
        if (format == imagery::TileFormat::Jpeg)
            return fail_field("format", "Heights in colours need png or webp, which lose nothing of them");
        request.quality = 100;
    }
    request.facts = imagery::tile_facts(source.facts, source.names, request.rendering);
    RenderedTile tile;
    tile.etag = etag_of(source, request);
    tile.version = source.version;
    count_tile(call, source.item);
    if (call.preconditions.has(tile.etag))
        return tile;
    // The tag covers the source's digest and every parameter, and the source was found under the caller's own rights,
    // so equal tags of one organization mean the same picture.
    const std::string key = source.item.organization_id.str() + tile.etag;
    const auto picture = call.services.tile_cache.get(key, [&] { return draw(call, source, request); });
    if (!picture)
        return fail(picture.error());
    tile.bytes = (*picture)->bytes;
    tile.media_type = (*picture)->media_type;
    return tile;
}

} // namespace

Result<RenderedTile> render_tile(Call& call, const TileTerms& terms) {
    CHECK_OK(check_address(terms));
    TRY(const auto format, tile_format(terms.format));
    return with_tile_source(call, terms,
                            [&](const TileSource& source) { return render_from(call, source, terms, format); });
}

void count_tile(Call& call, const catalog::ItemRow& item) {
    call.services.journal.count(
        {item.organization_id, item.project_id, item.id, call.principal.id, call.principal.user_id.value_or(UserId())},
        catalog::UsageKind::TileRequests, 1);
}

Result<TileSummary> summarize_tiles(Context& cx, const TileTerms& terms) {
    CHECK_OK(check_address(terms));
    TRY(auto source, find_tile_source(cx, terms.item_id, terms.profile, terms.asset_key));
    TRY(const auto rendering, choose_rendering(source, terms));
    CHECK_OK(imagery::check_fit(rendering, source.names));
    TileSummary out;
    const auto& box = source.facts.bbox;
    if (box) {
        const bool crosses = (*box)[0] > (*box)[2];
        out.center_longitude = ((*box)[0] + (*box)[2]) / 2 + (crosses ? ((*box)[0] + (*box)[2] > 0 ? -180 : 180) : 0);
        out.bounds = mapped_bounds(*box);
    }
    const int native = native_zoom(source.facts, (out.bounds[1] + out.bounds[3]) / 2);
    const auto pixels = static_cast<double>(std::max(source.facts.raster->width, source.facts.raster->height));
    const auto levels = static_cast<int>(std::ceil(std::log2(std::max(1.0, pixels / 256))));
    out.maxzoom = native;
    out.minzoom = std::max(0, native - levels);
    out.version = std::move(source.version);
    out.item = std::move(source.item);
    return out;
}

} // namespace landfall::domain
