#pragma once
/// What server, launcher and workers tell each other, as JSON or plain records.

#include "jobs/channel.hpp"
#include "jobs/confinement.hpp"
#include "jobs/sandbox.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace landfall::jobs {

inline constexpr std::size_t kMaxSpawnBytes = 64 << 10;
inline constexpr std::size_t kMaxRequestBytes = 16 << 20;
inline constexpr std::size_t kMaxTaskAnswerBytes = 64 << 20;
inline constexpr std::size_t kMaxServiceAnswerBytes = 16 << 20;
inline constexpr std::size_t kMaxStageBytes = 100;
inline constexpr std::size_t kMaxReportBytes = 4096;

inline constexpr int kMostThreads = 128; ///< of a worker: GDAL's are a few

/// Exit codes of a worker that say more than its frames could.
inline constexpr int kExitOutOfMemory = 71;
inline constexpr int kExitRefused = 72;
inline constexpr int kExitProtocol = 73;

/// The built-in task behind Launcher::self_test.
inline constexpr schema::TaskSpec<Json, Json> kSelfTest{"#self_test"};

/// The built-in task behind Launcher::try_worker: a worker that starts and answers.
inline constexpr schema::TaskSpec<Json, Json> kNothing{"#nothing"};

/// The server's order to the launcher: fork a worker. With it come two descriptors: the worker's end of the task
/// channel and the launcher's end of the status socket.
struct SpawnOrder {
    WorkerKind kind = WorkerKind::ForTask;
    std::string name;
    std::string folder;
    SandboxLimits limits;
};
std::string encode(const SpawnOrder& order);
Result<SpawnOrder> decode_order(std::string_view text);

/// The launcher's last word on a worker, one datagram on the status socket.
struct ExitRecord {
    int fork_error = 0;   ///< errno when no worker could be forked
    int wait_status = 0;  ///< as of wait4(2)
    bool killed = false;  ///< by the launcher: the server asked or went away, or the worker had too many threads
    bool crowded = false; ///< it had more than `kMostThreads`
    std::int64_t cpu_microseconds = 0;
    std::int64_t peak_memory_bytes = 0;
};

/// An error on its way out of a worker, and back from one that may be hostile: texts are cleaned and cut.
std::string encode(const Error& error);
Error decode_error(std::string_view text);

} // namespace landfall::jobs
