#include "domain/drawing/pixels.hpp"

#include "domain/drawing/bench.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/drawing/tile_workers.hpp"
#include "domain/transact.hpp"
#include "geo/area.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::domain {
namespace {

using imagery::ExportFormat;

constexpr std::int64_t kMostFileBytes = 512LL << 20;
constexpr std::size_t kMostPointValues = 500'000;
constexpr std::size_t kMostServedPoints = 100; ///< that the workers of tiles read

/// Raw values of bands, unless it is a picture or what an algorithm makes.
Result<imagery::Rendering> rendering_of(const TileSource& source, const View& view, bool is_picture) {
    if (!is_picture && !(view.algorithm && !view.algorithm->empty()))
        return choose_values(source, view);
    TRY(auto rendering, choose_rendering(source, view));
    CHECK_OK(imagery::check_fit(rendering, source.names));
    return rendering;
}

Result<imagery::ViewArguments> view_of(const Bench& bench, const View& view, bool is_picture) {
    imagery::ViewArguments out;
    out.files = bench.files;
    TRY(out.rendering, rendering_of(bench.source, view, is_picture));
    out.facts = imagery::tile_facts(bench.source.facts, bench.source.names, out.rendering);
    return out;
}

std::string_view media_type_of(ExportFormat format) {
    switch (format) {
    case ExportFormat::Png:
        return "image/png";
    case ExportFormat::Jpeg:
        return "image/jpeg";
    case ExportFormat::Webp:
        return "image/webp";
    case ExportFormat::Cog:
        return "image/tiff; application=geotiff; profile=cloud-optimized";
    case ExportFormat::Npy:
        return "application/x-npy";
    }
    return "application/octet-stream";
}

bool begins_as(ExportFormat format, std::string_view bytes) {
    switch (format) {
    case ExportFormat::Png:
        return imagery::begins_as(imagery::TileFormat::Png, bytes);
    case ExportFormat::Jpeg:
        return imagery::begins_as(imagery::TileFormat::Jpeg, bytes);
    case ExportFormat::Webp:
        return imagery::begins_as(imagery::TileFormat::Webp, bytes);
    case ExportFormat::Cog:
        return bytes.starts_with("II") || bytes.starts_with("MM");
    case ExportFormat::Npy:
        return bytes.starts_with("\x93NUMPY");
    }
    return false;
}

Status write_area(const Bench& bench, const Json& area) {
    CHECK_OK(geo::parse_area(area, "aoi"));
    return bench.folder.write(imagery::kAreaFile, area.dump());
}

imagery::PointOrder points_of(const PointTerms& terms) {
    return {terms.coordinates, terms.scaled};
}

Result<PointTable> table_of(const TileSource& source, const PointTerms& terms, const imagery::PointAnswer& answer) {
    PointTable table;
    table.values.resize(terms.coordinates.size());
    for (const auto& band : answer.bands) {
        if (band.values.size() != terms.coordinates.size())
            return fail_internal("a worker answered for other points than it was asked");
        table.bands.push_back(value_name(source.facts, band.band));
        for (std::size_t point = 0; point < band.values.size(); ++point)
            table.values[point].push_back(band.values[point]);
    }
    return table;
}

/// Many points: in a worker of its own, which keeps no tile waiting.
Result<PointTable> read_apart(Call& call, const PointTerms& terms) {
    TRY(const Bench bench, lay_out_source(call, terms.view, std::nullopt));
    TRY(const auto view, view_of(bench, terms.view, false));
    const imagery::Rendering& values = view.rendering;
    const auto all = static_cast<std::size_t>(bench.source.facts.raster->band_count);
    const auto bands = !values.expression.empty() ? 1 : values.bands.empty() ? all : values.bands.size();
    if (bands * terms.coordinates.size() > kMostPointValues)
        return fail_field("coordinates", fmt::format("{} points of {} bands are more than {} values; ask for fewer "
                                                     "points, or name bands",
                                                     terms.coordinates.size(), bands, kMostPointValues));
    AwaitedTasks tasks = tasks_of(call, bench);
    TRY(const auto answer, tasks.run(imagery::kReadPoints, bench.folder.path(), {view, points_of(terms)}));
    return table_of(bench.source, terms, answer);
}

} // namespace

Result<Exported> export_item(Call& call, const ExportTerms& terms) {
    TRY(const Bench bench, lay_out_source(call, terms.view, std::nullopt));
    imagery::ExportArguments arguments;
    TRY(arguments.view, view_of(bench, terms.view, imagery::is_picture(terms.format)));
    arguments.bbox = terms.bbox;
    arguments.bbox_crs = terms.bbox_crs;
    arguments.crs = terms.crs;
    if (terms.width)
        arguments.width = static_cast<int>(*terms.width);
    if (terms.height)
        arguments.height = static_cast<int>(*terms.height);
    arguments.resolution = terms.resolution;
    arguments.format = terms.format;
    arguments.quality = terms.quality;
    arguments.has_area = terms.aoi.has_value();
    if (terms.aoi)
        CHECK_OK(write_area(bench, *terms.aoi));
    AwaitedTasks tasks = tasks_of(call, bench);
    TRY(const auto made, tasks.run(imagery::kExport, bench.folder.path(), arguments));
    Exported out;
    TRY(out.bytes, bench.folder.read_made(made.file, kMostFileBytes));
    if (!begins_as(terms.format, out.bytes))
        return fail_internal("a worker made another file than it was asked for");
    out.media_type = media_type_of(terms.format);
    const std::string extension =
        terms.format == ExportFormat::Cog ? "tif" : std::string(schema::enum_text(terms.format));
    out.file_name = fmt::format("{}.{}", imagery::file_stem(bench.source.original.file_name), extension);
    return out;
}

Result<PointTable> read_points(Call& call, const PointTerms& terms) {
    if (terms.coordinates.size() > kMostServedPoints)
        return read_apart(call, terms);
    TileTerms of_tile;
    static_cast<View&>(of_tile) = terms.view;
    return with_tile_source(call, of_tile, [&](const TileSource& source) -> Result<PointTable> {
        imagery::TileOrder order{request_of(source), points_of(terms), {}, {}};
        TRY(order.tile.rendering, rendering_of(source, terms.view, false));
        order.tile.facts = imagery::tile_facts(source.facts, source.names, order.tile.rendering);
        TRY(const auto reply, ask_tile_worker(call, source, std::move(order)));
        TRY(const auto json, Json::parse(reply.bytes));
        TRY(const auto answer, schema::read_checked<imagery::PointAnswer>(json));
        return table_of(source, terms, answer);
    });
}

} // namespace landfall::domain
