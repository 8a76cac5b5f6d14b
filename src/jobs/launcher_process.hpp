#pragma once
/// The launcher process: forks workers on the server's order, kills and reaps them.

#include "core/descriptor.hpp"
#include "jobs/sandbox.hpp"

namespace landfall::jobs {

/// Runs in the forked child until the server's end of `control` closes, then kills all workers and exits. Reads
/// SpawnOrder datagrams (jobs/wire.hpp). Single-threaded, so that its forks are safe. Never returns.
/// The socket is file 3 of a launcher that another program becomes.
inline constexpr int kControlFd = 3;
[[noreturn]] void run_launcher(Descriptor control, WorkerProgram program, Confinement available);

} // namespace landfall::jobs
