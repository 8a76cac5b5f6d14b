#pragma once
/// A raster where a worker finds it, for what is computed while the caller waits.

#include "domain/drawing/tile_source.hpp"
#include "domain/drawing/view.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "jobs/scratch.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct Bench {
    TileSource source;
    jobs::ScratchFolder folder;
    imagery::WorkerFiles files;
    std::optional<std::array<double, 4>> ground_bounds; ///< west, south, east, north in degrees
};

/// The best file of the raster that a view means, in a folder of its own. `sensor`: by whose band names the source's
/// names are extended. Fails as `find_tile_source`, NotFound for an unknown sensor.
Result<Bench> lay_out_source(Call& call, const View& view, const std::optional<std::string>& sensor);

/// Workers for it, for as long as a caller waits.
AwaitedTasks tasks_of(Call& call, const Bench& bench);

/// The picture that a worker says it made in the folder. Internal if it is none of that format, or too large.
Result<std::string> read_picture(const Bench& bench, const std::string& name, imagery::TileFormat format);

} // namespace landfall::domain
