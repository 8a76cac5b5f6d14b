#include "domain/work/awaited_tasks.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

/// Until a machine that ran out of memory may have some again, seconds.
constexpr int kKilledPause = 10;

Error server_stops() {
    return {Code::Unavailable, "The server is stopping; repeat the call in a moment"};
}

} // namespace

Error task_failure(jobs::TaskEnd end, Error error) {
    switch (end) {
    case jobs::TaskEnd::NotStarted:
        return Error(Code::Unavailable, "The server cannot start the process that reads files. Repeat the call in a "
                                        "moment; if that fails too, tell its operator")
            .because(fmt::format("{} ({})", error.message, error.cause));
    case jobs::TaskEnd::Crashed:
        return Error(Code::InvalidArgument, "The file makes its reader crash, so it is damaged or malicious. Check it "
                                            "with gdalinfo, or write it anew with gdal_translate")
            .because(error.cause);
    case jobs::TaskEnd::OutOfMemory:
        return Error(Code::InvalidArgument, "Reading the file takes more memory than a probe may use. Tile it "
                                            "(gdal_translate -of COG) and upload it again")
            .because(error.cause);
    case jobs::TaskEnd::OutOfScratch:
        return Error(Code::InvalidArgument, "Reading the file takes more disk than a probe may use. Tile it "
                                            "(gdal_translate -of COG) and upload it again")
            .because(error.cause);
    case jobs::TaskEnd::OutOfTime:
    case jobs::TaskEnd::Stalled:
        return Error(Code::InvalidArgument, "Reading the file takes longer than a probe may take. Tile it "
                                            "(gdal_translate -of COG) and upload it again")
            .because(error.cause);
    case jobs::TaskEnd::Killed:
        error.retry_after_seconds = kKilledPause;
        return error;
    case jobs::TaskEnd::Canceled:
        return server_stops().because(error.cause);
    case jobs::TaskEnd::Done:
        break;
    }
    return error;
}

Result<jobs::Gate::Pass> AwaitedTasks::enter() {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
    auto pass = services_.probes.enter(owner_, std::max(left, std::chrono::milliseconds(0)));
    if (services_.stopping.stop_requested())
        return fail(server_stops());
    if (pass)
        return std::move(*pass);
    late_ = true;
    return fail(Code::Unavailable, "Other files are being read at the moment; try again in a few seconds");
}

jobs::SandboxLimits probe_limits(const Limits& limits) {
    jobs::SandboxLimits out;
    out.memory_bytes = limits.probe_memory_bytes;
    out.cpu = std::chrono::seconds(limits.probe_cpu_seconds);
    out.wall = std::chrono::seconds(limits.probe_wall_seconds);
    out.scratch_bytes = limits.probe_scratch_bytes;
    return out;
}

} // namespace landfall::domain
