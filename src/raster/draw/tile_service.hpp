#pragma once
/// Tiles and values at points as a service of a long-lived worker that can open no files: it is handed descriptors.

#include "core/result.hpp"
#include "imagery/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <memory>
#include <string>
#include <vector>

namespace landfall::raster {

/// Keeps an LRU pool of open datasets by `TileRequest.source`. One thread at a time.
class TileService {
public:
    explicit TileService(std::size_t max_datasets = 64);
    ~TileService();

    /// Draws `order.tile` from the image that `order.files` names, with one descriptor for each. A source that is still
    /// open needs no descriptors: leave `files` out first, and repeat the request with them when the answer is the
    /// Error with Code::NotFound. Descriptors are owned by the service whatever happens; those of an open source are
    /// closed at once.
    Result<Tile> handle(const TileOrder& order, std::vector<int> descriptors);
    /// The same of the values that `order.points` asks for.
    Result<PointAnswer> read(const TileOrder& order, std::vector<int> descriptors);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace landfall::raster
