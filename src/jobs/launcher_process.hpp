#pragma once
/// The launcher process: forks workers on the server's order, kills and reaps them.

#include "core/descriptor.hpp"
#include "jobs/sandbox.hpp"

namespace landfall::jobs {

/// The file that a launcher's end of `control` is, also where another program becomes one.
inline constexpr int kControlFd = 3;

/// Runs in the forked child, or in a program that was run for it, until the server's end of `control` closes, then
/// kills all workers and exits. Reads SpawnOrder datagrams (jobs/wire.hpp). Single-threaded, so that its forks are
/// safe. Never returns.
[[noreturn]] void run_launcher(Descriptor control, WorkerProgram program, Confinement available);

} // namespace landfall::jobs
