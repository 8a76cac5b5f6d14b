#pragma once
/// Whether this host lets workers start.

#include "core/mutex.hpp"
#include "jobs/sandbox.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace landfall::jobs {

/// Starts a worker to find out: at the first question, once one did not start, and every few seconds until one does.
/// Both turns are told in the log. Thread-safe.
class WorkerHealth {
public:
    /// `scratch`: where workers have their folders. The launcher must outlive this.
    WorkerHealth(Launcher& launcher, std::string scratch) : launcher_(launcher), scratch_(std::move(scratch)) {}

    /// What is known. Unavailable if workers do not start, naming what was refused. Waits for the first trial only.
    Status now();
    /// The same as of the last trial.
    bool is_well() const;

private:
    using Steady = std::chrono::steady_clock::time_point;

    bool is_due() const REQUIRES(mutex_);
    void learn(Status found) REQUIRES(mutex_);

    Launcher& launcher_;
    const std::string scratch_;
    mutable Mutex mutex_;
    Condition tried_;
    bool trying_ GUARDED_BY(mutex_) = false;
    bool known_ GUARDED_BY(mutex_) = false;
    Status found_ GUARDED_BY(mutex_);
    Steady last_ GUARDED_BY(mutex_){};
    std::uint64_t not_started_ GUARDED_BY(mutex_) = 0; ///< how many had not at the last trial
};

} // namespace landfall::jobs
