#include "domain/drawing/pixels.hpp"

#include "domain/drawing/tile_source.hpp"
#include "domain/drawing/tile_workers.hpp"
#include "domain/transact.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "geo/area.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <unistd.h>

namespace landfall::domain {
namespace {

using imagery::ExportFormat;

constexpr std::int64_t kMostFileBytes = 512LL << 20;
constexpr std::size_t kMostPointValues = 500'000;
constexpr std::size_t kMostServedPoints = 100; ///< that the workers of tiles read

/// The raster of a view in a folder of a worker.
struct LaidOut {
    jobs::ScratchFolder folder;
    TileSource source;
    imagery::ViewArguments view;
};

/// Raw values of bands, unless it is a picture or what an algorithm makes.
Result<imagery::Rendering> rendering_of(const TileSource& source, const View& view, bool is_picture) {
    if (!is_picture && !(view.algorithm && !view.algorithm->empty()))
        return choose_values(source, view);
    TRY(auto rendering, choose_rendering(source, view));
    CHECK_OK(imagery::check_fit(rendering, source.names));
    return rendering;
}

Result<LaidOut> lay_out_view(Call& call, const View& view, bool is_picture) {
    TRY(auto source, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, view.item_id, view.profile, view.asset_key);
        }));
    imagery::ViewArguments arguments;
    TRY(arguments.rendering, rendering_of(source, view, is_picture));
    arguments.facts = imagery::tile_facts(source.facts, source.names, arguments.rendering);
    TRY(auto folder, jobs::ScratchFolder::make(call.services.settings.scratch_directory));
    TRY(arguments.files, lay_out(call.services.blobs, folder, source.files, source.original.file_name));
    if (source.file.id == source.original.id)
        arguments.files.crs = source.facts.given_crs;
    return LaidOut{std::move(folder), std::move(source), std::move(arguments)};
}

template<typename Arguments, typename Answer>
Result<Answer> run(Call& call, const LaidOut& place, const schema::TaskSpec<Arguments, Answer>& task,
                   const Arguments& arguments) {
    AwaitedTasks tasks(call.services, place.source.item.organization_id,
                       std::chrono::seconds(call.services.settings.limits.complete_seconds));
    return tasks.run(task, place.folder.path(), arguments);
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

/// What a worker made, as input from a stranger.
Result<std::string> read_made(const LaidOut& place, const std::string& file, ExportFormat format) {
    TRY(const Descriptor made, place.folder.open_made(file, kMostFileBytes));
    std::string bytes;
    constexpr std::size_t kStep = std::size_t{1} << 20;
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + kStep);
        const ssize_t got = read(made.get(), bytes.data() + before, kStep);
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 || bytes.size() > static_cast<std::size_t>(kMostFileBytes))
            return fail_internal("an export can't be read");
        if (got == 0)
            break;
    }
    return begins_as(format, bytes) ? Result<std::string>(std::move(bytes))
                                    : fail_internal("a worker made another file than it was asked for");
}

Status write_area(const LaidOut& place, const Json& area) {
    CHECK_OK(geo::parse_area(area, "aoi"));
    std::ofstream out(place.folder.file(imagery::kAreaFile), std::ios::binary | std::ios::trunc);
    out << area.dump();
    out.close();
    return out ? Status() : fail_internal("the area of an export can't be written");
}

std::string band_name(const TileSource& source, int band) {
    if (band == 0)
        return "expression";
    const auto& bands = source.facts.raster->bands;
    const auto index = static_cast<std::size_t>(band) - 1;
    return index < bands.size() ? bands[index].name : fmt::format("b{}", band);
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
        table.bands.push_back(band_name(source, band.band));
        for (std::size_t point = 0; point < band.values.size(); ++point)
            table.values[point].push_back(band.values[point]);
    }
    return table;
}

/// Many points: in a worker of its own, which keeps no tile waiting.
Result<PointTable> read_apart(Call& call, const PointTerms& terms) {
    TRY(const LaidOut place, lay_out_view(call, terms.view, false));
    const imagery::Rendering& values = place.view.rendering;
    const auto all = static_cast<std::size_t>(place.source.facts.raster->band_count);
    const auto bands = !values.expression.empty() ? 1 : values.bands.empty() ? all : values.bands.size();
    if (bands * terms.coordinates.size() > kMostPointValues)
        return fail_field("coordinates", fmt::format("{} points of {} bands are more than {} values; ask for fewer "
                                                     "points, or name bands",
                                                     terms.coordinates.size(), bands, kMostPointValues));
    TRY(const auto answer, run(call, place, imagery::kReadPoints, {place.view, points_of(terms)}));
    return table_of(place.source, terms, answer);
}

} // namespace

Result<Exported> export_item(Call& call, const ExportTerms& terms) {
    TRY(const LaidOut place, lay_out_view(call, terms.view, imagery::is_picture(terms.format)));
    imagery::ExportArguments arguments;
    arguments.view = place.view;
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
        CHECK_OK(write_area(place, *terms.aoi));
    TRY(const auto made, run(call, place, imagery::kExport, arguments));
    Exported out;
    TRY(out.bytes, read_made(place, made.file, terms.format));
    out.media_type = media_type_of(terms.format);
    const std::string extension =
        terms.format == ExportFormat::Cog ? "tif" : std::string(schema::enum_text(terms.format));
    out.file_name = fmt::format("{}.{}", imagery::file_stem(place.source.original.file_name), extension);
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
