#include "domain/drawing/tiles.hpp"

#include "core/conditions.hpp"
#include "core/text.hpp"
#include "domain/caches.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/upkeep/journal.hpp"
#include "imagery/band_names.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace landfall::domain {
namespace {

constexpr std::int64_t kMaxZoom = 24;
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
    if (terms.z < 0 || terms.z > kMaxZoom)
        return fail_field("z", fmt::format("z must be between 0 and {}", kMaxZoom));
    const std::int64_t side = std::int64_t{1} << terms.z;
    if (terms.x < 0 || terms.x >= side)
        return fail_field("x", fmt::format("x must be between 0 and {} at zoom {}", side - 1, terms.z));
    if (terms.y < 0 || terms.y >= side)
        return fail_field("y", fmt::format("y must be between 0 and {} at zoom {}", side - 1, terms.z));
    if (terms.quality < 1 || terms.quality > 100)
        return fail_field("quality", "The quality must be between 1 and 100");
    return {};
}

/// The profile's rendering with the explicit parameters laid over it.
Result<imagery::Rendering> choose_rendering(const TileSource& source, const TileTerms& terms) {
    const auto names = imagery::BandNames::of(source.facts);
    imagery::Rendering rendering;
    if (source.profile_config) {
        TRY(rendering, imagery::rendering_from_config(*source.profile_config, names));
    } else {
        rendering = imagery::default_rendering(source.facts);
    }
    const bool chosen = (terms.bands && !terms.bands->empty()) || (terms.expression && !terms.expression->empty());
    if (chosen) {
        rendering.bands.clear();
        rendering.expression.clear();
        rendering.rescale.clear();
        rendering.colormap.clear();
    }
    if (terms.bands && !terms.bands->empty()) {
        TRY(rendering.bands, imagery::parse_bands(*terms.bands, names));
    }
    if (terms.expression)
        rendering.expression = *terms.expression;
    if (terms.rescale && !terms.rescale->empty()) {
        TRY(rendering.rescale, imagery::parse_rescale(*terms.rescale));
    }
    if (terms.colormap && !terms.colormap->empty())
        rendering.colormap = *terms.colormap;
    return rendering;
}

/// Asks a tile worker, sending the files only if it does not have them open.
Result<imagery::Tile> ask_worker(Call& call, const TileSource& source, const imagery::TileRequest& request) {
    Json names = Json::array();
    for (const auto& file : source.files)
        names.push(Json(file.name));
    const Limits& limits = call.services.settings.limits;
    Json message = Json::object({{"tile", imagery::to_json(request)},
                                 {"block_bytes", limits.tile_block_bytes / call.services.tiles.workers()}});
    const auto timeout = std::chrono::milliseconds(limits.tile_milliseconds);
    auto answer = call.services.tiles.call(message, {}, timeout);
    if (!answer && answer.error().code == Code::NotFound) {
        std::vector<storage::BlobCache::Lease> leases;
        std::vector<int> descriptors;
        for (const auto& file : source.files) {
            TRY(auto lease, call.services.blobs.lease(file.blob_key));
            descriptors.push_back(lease.descriptor());
            leases.push_back(std::move(lease));
        }
        message.set("files", std::move(names));
        answer = call.services.tiles.call(message, descriptors, timeout);
    }
    if (!answer)
        return fail(std::move(answer).error());
    return imagery::tile_from_answer(*answer);
}

/// The source of a tile, remembered while nothing in the catalog changed.
Result<TileSource> source_of(Call& call, const TileTerms& terms) {
    const auto version = cache_version(call.services);
    const std::string key = fmt::format("{}\n{}\n{}\n{}", call.principal.id, terms.item_id.str(),
                                        terms.profile.value_or(""), terms.asset_key.value_or(""));
    if (version)
        if (auto known = call.services.caches->tile_sources.find(key, version))
            return *std::move(known);
    TRY(auto source, call.services.database.read_for([&](database::Session& session) {
        Context cx(call, session);
        return find_tile_source(cx, terms.item_id, terms.profile, terms.asset_key);
    }));
    if (version)
        call.services.caches->tile_sources.put(key, version, source);
    return source;
}

Result<Picture> draw(Call& call, const TileSource& source, const imagery::TileRequest& request) {
    TRY(auto tile, ask_worker(call, source, request));
    return Picture{std::move(tile.bytes), std::move(tile.media_type)};
}

/// From memory where there is one.
Result<std::shared_ptr<const Picture>> picture_of(Call& call, const std::string& key,
                                                  const std::function<Result<Picture>()>& draw) {
    if (call.services.caches != nullptr)
        return call.services.caches->tiles.get(key, draw);
    TRY(auto drawn, draw());
    return std::make_shared<const Picture>(std::move(drawn));
}

std::string etag_of(const TileSource& source, const imagery::TileRequest& request) {
    return to_hex(sha256(source.file.sha256.value_or("") + imagery::to_json(request).dump())).substr(0, 40);
}

/// The zoom at which one source pixel is about one tile pixel.
int native_zoom(const imagery::Facts& facts, double latitude) {
    if (!facts.gsd || *facts.gsd <= 0)
        return 18;
    const double ground = kEquatorMetres * std::cos(latitude * M_PI / 180) / 256;
    return static_cast<int>(
        std::clamp(std::ceil(std::log2(ground / *facts.gsd) - 0.25), 0.0, static_cast<double>(kMaxZoom)));
}

} // namespace

Result<RenderedTile> render_tile(Call& call, const TileTerms& terms) {
    CHECK_OK(check_address(terms));
    TRY(const auto format, tile_format(terms.format));
    TRY(const auto source, source_of(call, terms));
    imagery::TileRequest request;
    request.source = source.file.id.str();
    request.driver = source.driver;
    request.extension = source.extension;
    request.z = static_cast<int>(terms.z);
    request.x = terms.x;
    request.y = terms.y;
    request.format = format;
    request.quality = static_cast<int>(terms.quality);
    TRY(request.rendering, choose_rendering(source, terms));
    request.facts = imagery::tile_facts(source.facts);
    RenderedTile tile;
    tile.etag = etag_of(source, request);
    if (call.services.journal != nullptr)
        call.services.journal->count(source.item.organization_id, catalog::UsageKind::TileRequests, 1);
    if (names_entity_tag(call.if_none_match, fmt::format("\"{}\"", tile.etag)))
        return tile;
    // The tag covers the source's digest and every parameter, and the source was found under the caller's own rights,
    // so equal tags of one organization mean the same picture.
    const std::string key = source.item.organization_id.str() + tile.etag;
    TRY(const auto picture, picture_of(call, key, [&] { return draw(call, source, request); }));
    tile.bytes = picture->bytes;
    tile.media_type = picture->media_type;
    return tile;
}

Result<TileSummary> summarize_tiles(Context& cx, const ItemId& id, const std::optional<std::string>& profile,
                                    const std::optional<std::string>& asset_key) {
    TRY(auto source, find_tile_source(cx, id, profile, asset_key));
    TileSummary out;
    const auto& box = source.facts.bbox;
    if (box) {
        constexpr double kEdge = 85.0511287798066; // where Web Mercator's square ends
        const bool crosses = (*box)[0] > (*box)[2];
        out.center_longitude = ((*box)[0] + (*box)[2]) / 2 + (crosses ? ((*box)[0] + (*box)[2] > 0 ? -180 : 180) : 0);
        out.bounds = {crosses ? -180 : (*box)[0], std::clamp((*box)[1], -kEdge, kEdge), crosses ? 180 : (*box)[2],
                      std::clamp((*box)[3], -kEdge, kEdge)};
    }
    const int native = native_zoom(source.facts, (out.bounds[1] + out.bounds[3]) / 2);
    const auto pixels = static_cast<double>(std::max(source.facts.raster->width, source.facts.raster->height));
    const auto levels = static_cast<int>(std::ceil(std::log2(std::max(1.0, pixels / 256))));
    out.maxzoom = native;
    out.minzoom = std::max(0, native - levels);
    out.version = to_hex(sha256(source.file.sha256.value_or("") + source.profile_tag)).substr(0, 16);
    out.item = std::move(source.item);
    return out;
}

} // namespace landfall::domain
