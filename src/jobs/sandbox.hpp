#pragma once
/// Running code over untrusted bytes in processes that can reach nothing else.
///
/// A small launcher process is forked before the server has any thread. It forks every worker, applies rlimits,
/// Landlock and seccomp to it (in that order) and reaps it. Launcher and workers hold a pipe from the server and die
/// at its end of file. They never hold the listening socket, the database or the secrets.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::jobs {

struct SandboxLimits {
    std::int64_t memory_bytes = 768LL << 20;
    std::chrono::seconds cpu{20};
    std::chrono::milliseconds wall{30'000};
    std::int64_t scratch_bytes = 1LL << 30;   ///< largest file a worker may write
    std::chrono::milliseconds no_progress{0}; ///< killed after so long without a report; 0: never
};

/// Reports progress from inside a worker: share 0..1 and a stage name. Returns false when the work should stop.
using Progress = std::function<bool(double, std::string_view)>;

/// A task run inside a worker: arguments in, an answer out. `folder` is the only place it can read and write, plus
/// the read-only data of GDAL and PROJ.
using Task = std::function<Result<Json>(const std::string& folder, const Json& arguments, const Progress& progress)>;

/// A long-lived service inside a worker: one request with its descriptors in, bytes out. It can open no file at all
/// besides GDAL's and PROJ's data. It owns (and closes) the descriptors.
using Service = std::function<Result<std::string>(const Json& request, std::vector<int> descriptors)>;

/// What the launcher can run. Filled by `app` before the launcher starts.
struct WorkerProgram {
    std::vector<std::pair<std::string, Task>> tasks;
    std::vector<std::pair<std::string, Service>> services;
    std::function<void()> warm_up;     ///< once in the launcher, before the first fork (registers GDAL's drivers)
    std::vector<std::string> readable; ///< read-only folders for every worker
};

/// Why a task ended without an answer of its own. NotStarted: for want of a worker, whatever the task's file is.
enum class TaskEnd {
    Done,
    NotStarted,
    Crashed,
    OutOfMemory,
    OutOfTime,
    Stalled,
    Canceled,
    Killed, ///< by the kernel or an operator, whatever the file is
};

struct TaskOutcome {
    TaskEnd end = TaskEnd::Done;
    Result<Json> answer = Json(); ///< the task's own; for another end, an error with a sentence that says which limit
    std::int64_t peak_memory_bytes = 0;
    std::chrono::milliseconds cpu{0};
};

/// Which barriers the kernel offers. A worker refuses to start if one that is offered cannot be raised; one that is
/// not offered should be a warning in the log.
struct Confinement {
    bool landlock = false; ///< files (Linux 5.13 and later, unless switched off)
    bool seccomp = false;  ///< system calls
    int landlock_abi = 0;
};

/// The server's side. Thread-safe.
class Launcher {
public:
    /// Forks the launcher. Must be called while the process has one thread. Internal if a fork or socket fails.
    /// Does not wait for `warm_up`, which runs in the launcher meanwhile.
    static Result<std::unique_ptr<Launcher>> start(WorkerProgram program);
    /// Kills all workers and waits for the launcher's end. Nothing may be running any more.
    ~Launcher();

    Confinement confinement() const;
    /// Whether the launcher process still runs.
    bool is_alive() const;

    /// Tries to break out of a worker in a folder made inside `scratch` (reading /etc/passwd, writing outside, opening
    /// a socket, starting a program or a process, signalling the server, …). Internal names every attempt that
    /// succeeded, in the message: this is for the operator.
    Status self_test(const std::string& scratch);

    /// Runs a task to its end in a fresh worker and blocks until then. `on_progress` is called on this thread for every
    /// report and, while none comes, five times a second with the last one; returning false cancels.
    /// The end is NotStarted when launcher or sandbox are broken, or the system has no process to give: Unavailable or
    /// Internal.
    TaskOutcome run(std::string_view task, const std::string& folder, const Json& arguments,
                    const SandboxLimits& limits, const Progress& on_progress = {});

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    explicit Launcher(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A fixed number of long-lived workers of one service, started on first use and restarted after a crash.
/// Thread-safe: callers queue for a free worker.
class ServicePool {
public:
    ServicePool(Launcher& launcher, std::string service, int workers, SandboxLimits limits);
    ~ServicePool();

    /// Sends a request with descriptors (kept open by the caller until this returns) and waits for its answer.
    /// DeadlineExceeded after `timeout` (the worker is replaced), Internal if it crashed, Unavailable if none came free
    /// in time.
    Result<std::string> call(const Json& request, const std::vector<int>& descriptors,
                             std::chrono::milliseconds timeout);
    /// How many processes there are at most.
    int workers() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace landfall::jobs
