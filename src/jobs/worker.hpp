#pragma once
/// The worker process: confine, run one task or serve requests, exit.

#include "jobs/channel.hpp"
#include "jobs/wire.hpp"

#include <sys/types.h>

namespace landfall::jobs {

struct WorkerSetup {
    const WorkerProgram* program = nullptr;
    const Result<std::string>* filter = nullptr; ///< of system calls; null: the kernel has no seccomp
    Confinement available;
    SpawnOrder order;
    Descriptor channel;
    pid_t launcher = 0;
};

/// Never returns: the process ends with 0 after its answer was sent, or with one of the codes of wire.hpp.
[[noreturn]] void run_worker(WorkerSetup setup);

} // namespace landfall::jobs
