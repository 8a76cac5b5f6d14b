#pragma once
/// Running code over untrusted bytes in processes that can reach nothing else.
///
/// A small launcher process is forked before the server has any thread. It forks every worker, applies rlimits,
/// Landlock and seccomp to it (in that order) and reaps it. Launcher and workers hold a pipe from the server and die
/// at its end of file. They never hold the listening socket, the database or the secrets.

#include "core/result.hpp"
#include "schema/task_spec.hpp"

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
    std::int64_t scratch_bytes = 1LL << 30;   ///< what a worker may write, in one file and in all
    std::int64_t scratch_entries = 4096;      ///< files that it may make
    std::chrono::milliseconds no_progress{0}; ///< killed after so long without a report; 0: never
};

/// Reports progress from inside a worker: share 0..1 and a stage name. Returns false when the work should stop.
using Progress = std::function<bool(double, std::string_view)>;

/// A task run inside a worker: JSON of its arguments in, JSON of its answer out. `folder` is the only place it can read
/// and write, plus the read-only data of GDAL and PROJ.
using Task = std::function<Result<std::string>(const std::string& folder, const Json& arguments, const Progress&)>;

/// A long-lived service inside a worker: one request with its descriptors in, bytes out. It can open no file at all
/// besides GDAL's and PROJ's data. It owns (and closes) the descriptors.
using Service = std::function<Result<std::string>(const Json& request, std::vector<int> descriptors)>;

/// Closes the descriptors of a request that nobody will serve.
void close_all(const std::vector<int>& descriptors);

/// What the launcher can run. Filled by `app` before the launcher starts: one `add` for each spec.
struct WorkerProgram {
    std::vector<std::pair<std::string, Task>> tasks;
    std::vector<std::pair<std::string, Service>> services;
    std::function<void()> warm_up;     ///< once in the launcher, before the first fork (registers GDAL's drivers)
    std::vector<std::string> readable; ///< read-only folders for every worker

    /// `run`: Result<Answer>(const std::string& folder, const Arguments&, const Progress&).
    template<typename Arguments, typename Answer, typename Run>
    void add(const schema::TaskSpec<Arguments, Answer>& spec, Run run) {
        tasks.emplace_back(
            spec.name,
            [run](const std::string& folder, const Json& json, const Progress& progress) -> Result<std::string> {
                TRY(const Arguments arguments, schema::read_checked<Arguments>(json));
                TRY(const Answer answer, run(folder, arguments, progress));
                return schema::to_json_text(answer);
            });
    }

    /// `serve`: Result<Reply<Head>>(const Request&, std::vector<int> descriptors), which owns the descriptors.
    template<typename Request, typename Head, typename Serve>
    void add(const schema::ServiceSpec<Request, Head>& spec, Serve serve) {
        services.emplace_back(spec.name,
                              [serve](const Json& json, std::vector<int> descriptors) mutable -> Result<std::string> {
                                  const auto request = schema::read_checked<Request>(json);
                                  if (!request) {
                                      close_all(descriptors);
                                      return fail(request.error());
                                  }
                                  TRY(const schema::Reply<Head> reply, serve(*request, std::move(descriptors)));
                                  return schema::reply_text(reply);
                              });
    }
};

/// Why a task ended without an answer of its own. NotStarted: for want of a worker, whatever the task's file is.
enum class TaskEnd {
    Done,
    NotStarted,
    Crashed,
    OutOfMemory,
    OutOfTime,
    OutOfScratch, ///< wrote more than it may, into however many files
    Stalled,
    Canceled,
    Killed, ///< by the kernel or an operator, whatever the file is
};

constexpr auto enum_names(schema::Of<TaskEnd>) {
    using enum TaskEnd;
    using Name = std::pair<TaskEnd, std::string_view>;
    return std::array{Name{Done, "done"},
                      Name{NotStarted, "not_started"},
                      Name{Crashed, "crashed"},
                      Name{OutOfMemory, "out_of_memory"},
                      Name{OutOfTime, "out_of_time"},
                      Name{OutOfScratch, "out_of_scratch"},
                      Name{Stalled, "stalled"},
                      Name{Canceled, "canceled"},
                      Name{Killed, "killed"}};
}

/// How a task ended. `answer`: the task's own; for another end, an error with a sentence that says which limit.
template<typename Answer>
struct TaskOutcome {
    TaskEnd end = TaskEnd::Done;
    Result<Answer> answer = Answer();
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

/// What a program that `Launcher::restart` ran does first: it is the launcher until the server ends. Never returns.
[[noreturn]] void become_launcher(WorkerProgram program);

/// The server's side. Thread-safe.
class Launcher {
public:
    /// Forks the launcher. Must be called while the process has one thread. Internal if a fork or socket fails.
    /// Does not wait for `warm_up`, which runs in the launcher meanwhile.
    /// `again`: a program, by its path, and its arguments from the zeroth on, that calls `become_launcher` with the
    /// same WorkerProgram; `restart` runs it.
    static Result<std::unique_ptr<Launcher>> start(WorkerProgram program, std::vector<std::string> again = {});
    /// Kills all workers and waits for the launcher's end. Nothing may be running any more.
    ~Launcher();

    Confinement confinement() const;
    /// Whether the launcher process still runs.
    bool is_alive() const;
    /// Puts another in the place of one that has ended, as the system's killer may end it: from then on tasks run
    /// again. At any time, by one thread at once. Unavailable if there is no command for it or the system refuses.
    Status restart();

    /// Tries to break out of a worker in a folder made inside `scratch` (reading /etc/passwd, writing outside, opening
    /// a socket, starting a program or a process, signalling the server, …). Internal names every attempt that
    /// succeeded, in the message: this is for the operator.
    Status self_test(const std::string& scratch);

    /// Starts a worker that does nothing, in a folder made inside `scratch`. Unavailable if it does not come to that:
    /// the message names what was refused and what would let it pass.
    Status try_worker(const std::string& scratch);

    /// Tasks of workers, and requests to services, by how they ended; since the start.
    struct Tally {
        std::string task;
        TaskEnd end = TaskEnd::Done;
        std::uint64_t count = 0;
    };
    std::vector<Tally> tallies() const;
    /// How many of these did not start.
    std::uint64_t not_started() const;

    /// Runs a task to its end in a fresh worker and blocks until then. `on_progress` is called on this thread for every
    /// report and, while none comes, five times a second with the last one; returning false cancels.
    /// The end is NotStarted when launcher or sandbox are broken, or the system has no process to give: Unavailable or
    /// Internal. An answer that its table does not allow is an Internal error, and the end is Done.
    template<typename Arguments, typename Answer>
    TaskOutcome<Answer> run(const schema::TaskSpec<Arguments, Answer>& spec, const std::string& folder,
                            const Arguments& arguments, const SandboxLimits& limits, const Progress& on_progress = {}) {
        auto told = run_text(spec.name, folder, schema::to_json_text(arguments), limits, on_progress);
        TaskOutcome<Answer> outcome{told.end, Answer(), told.peak_memory_bytes, told.cpu};
        if (told.answer)
            outcome.answer = schema::read_answer<Answer>(spec.name, *told.answer);
        else
            outcome.answer = tl::unexpected<Error>(std::move(told.answer).error());
        return outcome;
    }

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    explicit Launcher(std::unique_ptr<Impl> impl);
    TaskOutcome<std::string> run_text(std::string_view task, const std::string& folder, const std::string& arguments,
                                      const SandboxLimits& limits, const Progress& on_progress);
    std::unique_ptr<Impl> impl_;
};

/// A fixed number of long-lived workers of one service, started on first use and restarted after a crash. Each serves
/// one owner for as long as it lives.
/// Thread-safe: callers queue for a free worker. Texts in, bytes out; see ServicePool.
class WorkerPool {
public:
    WorkerPool(Launcher& launcher, std::string service, int workers, SandboxLimits limits);
    ~WorkerPool();

    /// Sends a request with descriptors (kept open by the caller until this returns) and waits for its answer.
    /// Owners of requests take turns, and none gets a worker that served another.
    /// DeadlineExceeded after `timeout` (the worker is replaced), Internal if it crashed, Unavailable if none came free
    /// in time.
    Result<std::string> call(std::string_view owner, const std::string& request, const std::vector<int>& descriptors,
                             std::chrono::milliseconds timeout);
    /// How many processes there are at most.
    int workers() const;
    /// Ends those that nobody has used in so long.
    void retire(std::chrono::steady_clock::duration unused);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A WorkerPool of a described service. Its replies are read as input from a stranger.
template<typename Request, typename Head>
class ServicePool {
public:
    using Spec = schema::ServiceSpec<Request, Head>;

    ServicePool(Launcher& launcher, const Spec& spec, int workers, SandboxLimits limits)
        : spec_(spec), pool_(launcher, std::string(spec.name), workers, limits) {}

    /// As WorkerPool::call; Internal also for a reply that its type does not allow.
    Result<schema::Reply<Head>> call(std::string_view owner, const Request& request,
                                     const std::vector<int>& descriptors, std::chrono::milliseconds timeout) {
        TRY(auto text, pool_.call(owner, schema::to_json_text(request), descriptors, timeout));
        return schema::read_reply<Head>(spec_.name, std::move(text));
    }
    int workers() const { return pool_.workers(); }
    void retire(std::chrono::steady_clock::duration unused) { pool_.retire(unused); }

private:
    Spec spec_;
    WorkerPool pool_;
};

} // namespace landfall::jobs
