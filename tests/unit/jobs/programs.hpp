#pragma once
/// The tasks and services that the tests run in workers, and the launcher that runs them.

#include "jobs/sandbox.hpp"

namespace landfall::jobs::fixture {

/// What the test binary's workers can run.
WorkerProgram test_program();

/// The launcher that main() started before any thread.
Launcher& launcher();

/// A folder for this run's scratch files, removed at the end.
const std::string& scratch_parent();

} // namespace landfall::jobs::fixture
