#pragma once
/// Everything that a worker gives up before it looks at untrusted bytes.

#include "jobs/sandbox.hpp"

#include <string>
#include <vector>

namespace landfall::jobs {

/// What the kernel at hand can enforce.
Confinement probe_confinement();

/// For a task: a folder of its own, a CPU budget, low priority. For a service: no folder, no CPU budget (each call has
/// a timeout).
enum class WorkerKind { ForTask, ForService };

struct ConfinementPlan {
    WorkerKind kind = WorkerKind::ForTask;
    std::string folder; ///< absolute; empty for a service
    std::vector<std::string> readable;
    SandboxLimits limits;
    Confinement available;
    const std::string* filter = nullptr; ///< compiled by compile_filter(); null without seccomp
};

/// Confines the calling process for good. The order matters: limits, privileges, folder, environment, priority,
/// files, system calls; what came before cannot be undone after. Internal if the kernel has a barrier but refuses it.
Status confine(const ConfinementPlan& plan);

/// Overwrites the values of all environment variables but those that GDAL, PROJ and the C library need, so that no
/// forked worker holds the server's secrets in its memory.
void forget_environment();

} // namespace landfall::jobs
