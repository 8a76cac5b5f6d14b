#pragma once
/// Workers of the durable queue (design.md section 10): lease, run, heartbeat, finish or try again.

#include "catalog/transaction.hpp"
#include "core/time.hpp"
#include "database/database.hpp"
#include "jobs/job_context.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace landfall::jobs {

struct WorkerLoopOptions {
    int workers = 2;                            ///< jobs at once
    std::chrono::milliseconds lease{10'000};    ///< after so long without a heartbeat another server may take a job
    std::chrono::milliseconds heartbeat{2'000}; ///< also how soon a cancellation is noticed
    std::chrono::milliseconds report{1'000};    ///< least time between two writes of one job's progress
    std::chrono::milliseconds first_poll{50};   ///< doubled while the queue is idle, up to:
    std::chrono::milliseconds slowest_poll{2'000};
    std::chrono::milliseconds drain{10'000}; ///< how long stop() waits for handlers
    std::function<bool()> able{};            ///< asked before a job is taken: false leaves it to others; empty: able
};

/// Where the jobs wait.
struct Queue {
    const database::Database& database;
    const catalog::Transactor& transactor; ///< of that database
};

/// Runs jobs of the registered kinds on threads of its own. Thread-safe. Queue and clock must outlive it.
class WorkerLoop {
public:
    WorkerLoop(const Queue& queue, const Clock& clock, std::vector<JobHandler> handlers,
               WorkerLoopOptions options = {});
    /// stop(), then waits for handlers that ignored it.
    ~WorkerLoop();

    void start();
    /// Looks for work now: call it after a transaction that enqueued a job.
    void wake();
    /// Takes no more jobs, tells the running ones to stop and puts them back into the queue, without counting the
    /// attempt. Returns when all have ended, or after the drain time. A handler that is still running then has lost its
    /// job and cannot finish it.
    void stop();

    /// Runs that ended in a state, e.g. `completed`, `pending` (tried again), `failed`, `dead`; since the start.
    struct Tally {
        std::string kind, state;
        std::uint64_t runs = 0;
        double seconds = 0; ///< of all of them together
    };
    std::vector<Tally> tallies() const;
    /// Jobs that run now.
    std::size_t running() const;
    /// How many can at once.
    int workers() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace landfall::jobs
