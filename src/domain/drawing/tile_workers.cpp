#include "domain/drawing/tile_workers.hpp"

#include "core/text.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/transact.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {

Result<schema::Reply<imagery::TileHead>> ask_tile_worker(Call& call, const TileSource& source,
                                                         imagery::TileOrder order) {
    const Limits& limits = call.services.settings.limits;
    order.block_bytes = limits.tile_block_bytes / call.services.tiles.workers();
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

Result<std::shared_ptr<const TileSource>> tile_source_of(Call& call, const TileTerms& terms) {
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

imagery::TileRequest request_of(const TileSource& source) {
    imagery::TileRequest request;
    request.source = source.file.id.str();
    if (!source.facts.given_crs.empty()) {
        request.crs = source.facts.crs_wkt;
        request.source += "@" + to_hex(sha256(request.crs)).substr(0, 16);
    }
    request.driver = source.driver;
    request.extension = source.extension;
    return request;
}

bool lost_a_file(const Call& call, const TileSource& source, const Error& error) {
    if (error.code != Code::NotFound && error.code != Code::InvalidArgument && error.code != Code::Internal)
        return false;
    std::vector<std::string> keys;
    keys.reserve(source.files.size());
    for (const auto& file : source.files)
        keys.push_back(file.blob_key);
    return call.services.lost.settle(call.services, keys);
}

} // namespace landfall::domain
