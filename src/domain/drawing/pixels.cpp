#include "domain/drawing/pixels.hpp"

#include "domain/drawing/tile_source.hpp"
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

/// The raster of a view in a folder of a worker.
struct LaidOut {
    jobs::ScratchFolder folder;
    TileSource source;
    imagery::ViewArguments view;
};

bool names_pixels(const TileTerms& terms) {
    const auto given = [](const auto& text) { return text && !text->empty(); };
    return given(terms.bands) || given(terms.expression) || given(terms.profile);
}

Result<imagery::Rendering> rendering_of(const TileSource& source, const ViewTerms& terms) {
    TRY(auto rendering, choose_rendering(source, terms.tile));
    if (terms.nodata)
        rendering.nodata = terms.nodata;
    if (terms.resampling && !terms.resampling->empty())
        rendering.resampling = *terms.resampling;
    CHECK_OK(imagery::check_fit(rendering, source.names));
    return rendering;
}

Result<LaidOut> lay_out_view(Call& call, const ViewTerms& terms) {
    TRY(auto source, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, terms.tile.item_id, terms.tile.profile, terms.tile.asset_key);
        }));
    imagery::ViewArguments view;
    TRY(view.rendering, rendering_of(source, terms));
    view.all_bands = !names_pixels(terms.tile);
    view.facts = imagery::tile_facts(source.facts, source.names, view.rendering);
    TRY(auto folder, jobs::ScratchFolder::make(call.services.settings.scratch_directory));
    TRY(view.files, lay_out(call.services.blobs, folder, source.files, source.original.file_name));
    if (source.file.id == source.original.id)
        view.files.crs = source.facts.given_crs;
    return LaidOut{std::move(folder), std::move(source), std::move(view)};
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

} // namespace

Result<Exported> export_item(Call& call, const ExportTerms& terms) {
    TRY(const LaidOut place, lay_out_view(call, terms.view));
    imagery::ExportArguments arguments;
    arguments.view = place.view;
    // A picture without bands of its own is that of the default look.
    arguments.view.all_bands = arguments.view.all_bands && !imagery::is_picture(terms.format);
    arguments.bbox = terms.bbox;
    arguments.bbox_crs = terms.bbox_crs;
    arguments.crs = terms.crs;
    if (terms.width)
        arguments.width = static_cast<int>(*terms.width);
    if (terms.height)
        arguments.height = static_cast<int>(*terms.height);
    arguments.resolution = terms.resolution;
    arguments.format = terms.format;
    arguments.quality = static_cast<int>(terms.view.tile.quality);
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
    TRY(const LaidOut place, lay_out_view(call, terms.view));
    const auto bands = static_cast<std::size_t>(place.source.facts.raster->band_count);
    if (place.view.all_bands && bands * terms.coordinates.size() > kMostPointValues)
        return fail_field("coordinates", fmt::format("{} points of {} bands are more than {} values; ask for fewer "
                                                     "points, or name bands",
                                                     terms.coordinates.size(), bands, kMostPointValues));
    imagery::PointArguments arguments;
    arguments.view = place.view;
    arguments.coordinates = terms.coordinates;
    arguments.scaled = terms.scaled;
    TRY(const auto answer, run(call, place, imagery::kReadPoints, arguments));
    PointTable table;
    table.values.resize(terms.coordinates.size());
    for (const auto& band : answer.bands) {
        if (band.values.size() != terms.coordinates.size())
            return fail_internal("a worker answered for other points than it was asked");
        table.bands.push_back(band_name(place.source, band.band));
        for (std::size_t point = 0; point < band.values.size(); ++point)
            table.values[point].push_back(band.values[point]);
    }
    return table;
}

} // namespace landfall::domain
