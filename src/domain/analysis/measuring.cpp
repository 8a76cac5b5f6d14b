#include "domain/analysis/measuring.hpp"

#include "domain/drawing/bench.hpp"
#include "imagery/default_rendering.hpp"

namespace landfall::domain {
namespace {

/// Puts the zones of a measurement beside the raster.
Status write_zones(const Bench& bench, const std::vector<Json>& zones) {
    Json all = Json::array();
    for (const Json& zone : zones)
        all.push(zone);
    return bench.folder.write(imagery::kZonesFile, all.dump());
}

} // namespace

Json polygon_of(const std::array<double, 4>& box) {
    const auto& [west, south, east, north] = box;
    const double right = west > east ? east + 360 : east;
    Json ring = Json::array();
    for (const auto& [x, y] : {std::array{west, south}, std::array{right, south}, std::array{right, north},
                               std::array{west, north}, std::array{west, south}})
        ring.push(Json::array({x, y}));
    return Json::object({{"type", "Polygon"}, {"coordinates", Json::array({std::move(ring)})}});
}

Result<Measured> measure(Call& call, const MeasureTerms& terms) {
    TRY(const Bench bench, lay_out_source(call, terms.view, terms.sensor));
    imagery::MeasureArguments arguments;
    arguments.files = bench.files;
    TRY(arguments.rendering, choose_values(bench.source, terms.view));
    arguments.facts = imagery::tile_facts(bench.source.facts, bench.source.names, arguments.rendering);
    arguments.whole = terms.zones.empty();
    arguments.pixels = terms.pixels;
    arguments.percentiles = terms.percentiles;
    arguments.histogram_bins = terms.histogram_bins;
    arguments.classes = terms.classes;
    arguments.max_pixels = terms.max_pixels;
    arguments.ground_bounds = bench.ground_bounds;
    if (!arguments.whole)
        CHECK_OK(write_zones(bench, terms.zones));
    AwaitedTasks tasks = tasks_of(call, bench);
    Measured out;
    TRY(out.answer, tasks.run(imagery::kMeasure, bench.folder.path(), arguments));
    if (out.answer.zones.size() != std::max<std::size_t>(1, terms.zones.size()))
        return fail_internal("a worker measured other zones than it was asked about");
    for (const int band : out.answer.bands)
        out.names.push_back(value_name(bench.source.facts, band));
    return out;
}

Result<std::string> draw_box(Call& call, const BoxTerms& terms) {
    TRY(const Bench bench, lay_out_source(call, terms.view, terms.sensor));
    imagery::BoxPictureArguments arguments;
    arguments.files = bench.files;
    TRY(arguments.rendering, choose_rendering(bench.source, terms.view));
    arguments.facts = imagery::tile_facts(bench.source.facts, bench.source.names, arguments.rendering);
    arguments.max_size = terms.max_size;
    arguments.ground_bounds = bench.ground_bounds;
    CHECK_OK(write_zones(bench, {polygon_of(terms.box)}));
    AwaitedTasks tasks = tasks_of(call, bench);
    TRY(const auto answer, tasks.run(imagery::kDrawBox, bench.folder.path(), arguments));
    return read_picture(bench, answer.file, imagery::TileFormat::Png);
}

} // namespace landfall::domain
