#pragma once
/// Asking the long-lived workers that draw tiles and read values at points, which keep the files open.

#include "domain/context.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/drawing/tiles.hpp"
#include "imagery/tasks.hpp"

#include <memory>
#include <type_traits>

namespace landfall::domain {

/// The source of a tile, remembered while nothing of its organization changed. What another server changed a moment ago
/// may not be known here, but whoever was told of it says so by the version. Fails as `find_tile_source`.
Result<std::shared_ptr<const TileSource>> tile_source_of(Call& call, const TileTerms& terms);

/// What tells a worker of the source; where the tile lies and how it looks is missing.
imagery::TileRequest request_of(const TileSource& source);

/// The answer of a worker, which is sent the files only if it does not have them open. DeadlineExceeded, Unavailable
/// and Internal as `jobs::WorkerPool::call`, and what the drawing itself fails with.
Result<schema::Reply<imagery::TileHead>> ask_tile_worker(Call& call, const TileSource& source,
                                                         imagery::TileOrder order);

/// Whether a drawing failed because a file of its source is not in the store. The source is another one then.
bool lost_a_file(const Call& call, const TileSource& source, const Error& error);

/// What is made of the source, of the next one where a file of the first was lost, and so on. Unavailable if all lost
/// files.
template<typename Make>
auto with_tile_source(Call& call, const TileTerms& terms, Make make) -> std::invoke_result_t<Make, const TileSource&> {
    constexpr int kMostSources = 4; // an asset, its rendition, and what else the item shows
    for (int tried = 0; tried < kMostSources; ++tried) {
        TRY(const auto source, tile_source_of(call, terms));
        auto made = make(*source);
        if (made || !lost_a_file(call, *source, made.error()))
            return made;
    }
    return fail(Code::Unavailable, "Files of the item are missing from this server; try again in a moment");
}

} // namespace landfall::domain
