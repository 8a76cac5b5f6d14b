#include "domain/analysis/bench.hpp"

#include "domain/transact.hpp"
#include "imagery/analysis/measure_task.hpp"
#include "imagery/analysis/sensors.hpp"

#include <fstream>
#include <unistd.h>

namespace landfall::domain {
namespace {

constexpr std::chrono::seconds kWait{30}; ///< for a turn
constexpr std::int64_t kLargestPicture = 64LL << 20;

} // namespace

Result<Bench> lay_out_source(Call& call, const View& view, const std::optional<std::string>& sensor) {
    TRY(auto source, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, view.item_id, view.profile, view.asset_key);
        }));
    if (sensor) {
        TRY(const auto* const known, imagery::find_sensor(*sensor));
        source.names = imagery::with_sensor(source.names, *known);
    }
    TRY(auto folder, jobs::ScratchFolder::make(call.services.settings.scratch_directory));
    TRY(auto files, lay_out(call.services.blobs, folder, source.files, source.file.file_name));
    if (source.file.id == source.original.id)
        files.crs = source.facts.given_crs;
    const auto bounds = source.facts.bbox;
    return Bench{std::move(source), std::move(folder), std::move(files), bounds};
}

Status write_zones(const Bench& bench, const std::vector<Json>& zones) {
    Json all = Json::array();
    for (const Json& zone : zones)
        all.push(zone);
    std::ofstream out(bench.folder.file(imagery::kZonesFile), std::ios::binary | std::ios::trunc);
    out << all.dump();
    out.close();
    return out ? Status() : fail_internal("the zones of a measurement can't be written");
}

AwaitedTasks tasks_of(Call& call, const Bench& bench) {
    return {call.services, bench.source.item.organization_id, kWait};
}

Result<std::string> read_made(const Bench& bench, const std::string& name, imagery::TileFormat format) {
    TRY(const auto file, bench.folder.open_made(name, kLargestPicture));
    std::string bytes;
    std::array<char, 65'536> buffer{};
    for (ssize_t got = 1; got > 0;) {
        got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0)
            return fail_internal("a worker's picture can't be read");
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (!imagery::begins_as(format, bytes))
        return fail_internal("a worker made something else than the picture that it was asked for");
    return bytes;
}

} // namespace landfall::domain
