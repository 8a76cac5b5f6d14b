#include "domain/drawing/bench.hpp"

#include "domain/transact.hpp"
#include "imagery/analysis/sensors.hpp"

namespace landfall::domain {
Result<Bench> lay_out_source(Call& call, const View& view, const std::optional<std::string>& sensor) {
    TRY(auto source, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, view.item_id, view.profile, view.asset_key);
        }));
    if (sensor) {
        TRY(const auto* const known, imagery::find_sensor(*sensor));
        source.names = imagery::with_sensor(source.names, *known);
    }
    TRY(auto folder, jobs::ScratchFolder::make(call.services.settings.scratch_directory));
    TRY(auto files, lay_out(call.services.blobs, folder, source.files, source.original.file_name));
    if (source.file.id == source.original.id)
        files.crs = source.facts.given_crs;
    const auto bounds = source.facts.bbox;
    return Bench{std::move(source), std::move(folder), std::move(files), bounds};
}

AwaitedTasks tasks_of(Call& call, const Bench& bench) {
    return {call.services, bench.source.item.organization_id,
            std::chrono::seconds(call.services.settings.limits.complete_seconds)};
}

Result<std::string> read_picture(const Bench& bench, const std::string& name, imagery::TileFormat format) {
    constexpr std::int64_t kLargest = 64LL << 20;
    TRY(auto bytes, bench.folder.read_made(name, kLargest));
    if (!imagery::begins_as(format, bytes))
        return fail_internal("a worker made something else than the picture that it was asked for");
    return bytes;
}

} // namespace landfall::domain
