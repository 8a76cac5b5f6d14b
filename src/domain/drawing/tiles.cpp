#include "domain/drawing/tiles.hpp"

#include "core/text.hpp"
#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/lost_objects.hpp"
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
    if (terms.size != 256 && terms.size != 512)
        return fail_field("size", "Tiles have 256 or 512 pixels a side");
    if (terms.quality < 1 || terms.quality > 100)
        return fail_field("quality", "The quality must be between 1 and 100");
    return {};
}

/// Asks a tile worker, sending the files only if it does not have them open.
Result<schema::Reply<imagery::TileHead>> ask_worker(Call& call, const TileSource& source,
                                                    const imagery::TileRequest& request) {
    const Limits& limits = call.services.settings.limits;
    imagery::TileOrder order{request, limits.tile_block_bytes / call.services.tiles.workers(), {}};
    const auto timeout = std::chrono::milliseconds(limits.tile_milliseconds);
    const std::string& owner = source.item.organization_id.str();
    auto answer = call.services.tiles.call(owner, order, {}, timeout);
    if (answer || answer.error().code != Code::NotFound)
        return answer;
    std::vector<storage::BlobCache::Lease> leases;
    std::vector<int> descriptors;
    for (const auto& file : source.files) {
        TRY(auto lease, call.services.blobs.lease(file.blob_key));
        descriptors.push_back(lease.descriptor());
        leases.push_back(std::move(lease));
        order.files.push_back(file.name);
    }
    return call.services.tiles.call(owner, order, descriptors, timeout);
}

/// The source of a tile, remembered while nothing of its organization changed. What another server changed a moment ago
/// may not be known here, but whoever was told of it says so by the version.
Result<std::shared_ptr<const TileSource>> source_of(Call& call, const TileTerms& terms) {
    const std::string key = fmt::format("{}\n{}\n{}\n{}", call.principal.id, terms.item_id.str(),
                                        terms.profile.value_or(""), terms.asset_key.value_or(""));
    auto known = call.services.tile_sources.find(key);
    if (known && (terms.version.empty() || terms.version == known->version))
        return known;
    const Stamp since = call.services.versions.now();
    TRY(auto found, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, terms.item_id, terms.profile, terms.asset_key);
        }));
    constexpr std::size_t kParsed = 4; // facts are held as text and parsed
    const std::size_t bytes = sizeof(TileSource) + key.size() + kParsed * found.original.facts.size() +
                              found.file.facts.size() + 2 * found.original.statistics.value_or("").size();
    // No tile needs them, and they are the most of it.
    found.item.record = found.item.document = found.item.properties = {};
    found.item.geometry.reset();
    auto source = std::make_shared<const TileSource>(std::move(found));
    call.services.tile_sources.put(key, source->item.organization_id, since, source, bytes);
    return source;
}

Result<Picture> draw(Call& call, const TileSource& source, const imagery::TileRequest& request) {
    TRY(auto tile, ask_worker(call, source, request));
    if (tile.head.format != request.format)
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

/// Files that one tile may turn to: an asset, its rendition, and what else the item shows.
constexpr int kMostSources = 4;

/// Whether a drawing failed because a file of its source is not in the store. The source is another one then.
bool lost_a_file(const Call& call, const TileSource& source, const Error& error) {
    if (error.code != Code::NotFound && error.code != Code::InvalidArgument && error.code != Code::Internal)
        return false;
    std::vector<std::string> keys;
    keys.reserve(source.files.size());
    for (const auto& file : source.files)
        keys.push_back(file.blob_key);
    return call.services.lost.settle(call.services, keys);
}

/// The tile, or nothing if the source turned out to lack a file.
Result<std::optional<RenderedTile>> render_from(Call& call, const TileSource& source, const TileTerms& terms,
                                                imagery::TileFormat format) {
    imagery::TileRequest request;
    request.source = source.file.id.str();
    if (!source.facts.given_crs.empty()) {
        request.crs = source.facts.crs_wkt;
        request.source += "@" + to_hex(sha256(request.crs)).substr(0, 16);
    }
    request.driver = source.driver;
    request.extension = source.extension;
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
    call.services.journal.count({source.item.organization_id, source.item.project_id, source.item.id, call.principal.id,
                                 call.principal.user_id.value_or(UserId())},
                                catalog::UsageKind::TileRequests, 1);
    if (call.preconditions.has(tile.etag))
        return std::optional(std::move(tile));
    // The tag covers the source's digest and every parameter, and the source was found under the caller's own rights,
    // so equal tags of one organization mean the same picture.
    const std::string key = source.item.organization_id.str() + tile.etag;
    const auto picture = call.services.tile_cache.get(key, [&] { return draw(call, source, request); });
    if (!picture && lost_a_file(call, source, picture.error()))
        return std::optional<RenderedTile>();
    if (!picture)
        return fail(picture.error());
    tile.bytes = (*picture)->bytes;
    tile.media_type = (*picture)->media_type;
    return std::optional(std::move(tile));
}

} // namespace

Result<RenderedTile> render_tile(Call& call, const TileTerms& terms) {
    CHECK_OK(check_address(terms));
    TRY(const auto format, tile_format(terms.format));
    for (int tried = 0; tried < kMostSources; ++tried) {
        TRY(const auto source, source_of(call, terms));
        TRY(auto tile, render_from(call, *source, terms, format));
        if (tile)
            return *std::move(tile);
    }
    return fail(Code::Unavailable, "Files of the item are missing from this server; try again in a moment");
}

Result<TileSummary> summarize_tiles(Context& cx, const TileTerms& terms) {
    CHECK_OK(check_address(terms));
    TRY(auto source, find_tile_source(cx, terms.item_id, terms.profile, terms.asset_key));
    TRY(const auto rendering, choose_rendering(source, terms));
    CHECK_OK(imagery::check_fit(rendering, source.names));
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
    out.version = std::move(source.version);
    out.item = std::move(source.item);
    return out;
}

} // namespace landfall::domain
