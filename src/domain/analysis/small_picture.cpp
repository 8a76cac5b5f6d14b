#include "domain/analysis/small_picture.hpp"

#include "domain/drawing/bench.hpp"
#include "imagery/default_rendering.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::domain {
namespace {

/// The longer side of a picture of these proportions that fits the box.
int longer_side(double width, double height, const SmallPictureTerms& box) {
    const double factor = std::min(box.width / width, box.height / height);
    return std::max(1, static_cast<int>(std::lround(std::max(width, height) * factor)));
}

} // namespace

Result<std::string> draw_small(Call& call, const SmallPictureTerms& terms) {
    TRY(const Bench bench, lay_out_source(call, terms.view, std::nullopt));
    imagery::ThumbnailArguments arguments;
    arguments.files = bench.files;
    arguments.format = imagery::TileFormat::Jpeg;
    TRY(arguments.rendering, choose_rendering(bench.source, terms.view));
    arguments.facts = imagery::tile_facts(bench.source.facts, bench.source.names, arguments.rendering);
    const auto& raster = *bench.source.facts.raster;
    arguments.size = longer_side(static_cast<double>(raster.width), static_cast<double>(raster.height), terms);
    AwaitedTasks tasks = tasks_of(call, bench);
    TRY(auto made, tasks.run(imagery::kMakeThumbnail, bench.folder.path(), arguments));
    // Pixels that are wider than high on the ground make other proportions than the raster's own.
    const int fitting = longer_side(made.width, made.height, terms);
    const int shown = std::max(made.width, made.height);
    if (fitting != shown && std::max(raster.width, raster.height) > std::min(shown, fitting)) {
        arguments.size = fitting;
        TRY(made, tasks.run(imagery::kMakeThumbnail, bench.folder.path(), arguments));
    }
    return read_picture(bench, made.file, imagery::TileFormat::Jpeg);
}

} // namespace landfall::domain
