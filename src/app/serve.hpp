#pragma once
/// `landfall serve` and `landfall worker`.

#include "app/config.hpp"
#include "app/runtime.hpp"

namespace landfall::app {

/// Serves until SIGTERM or SIGINT, then drains. Prints one line when ready. Exit code.
int serve(Config config, StartedLauncher launcher);
/// Runs jobs of the catalog without listening, until SIGTERM or SIGINT. Exit code.
int work(const Config& config, StartedLauncher launcher);

/// Prints an error for people and gives the exit code: 2 for what the caller gave, else 1.
int report_failure(const Error& error);

} // namespace landfall::app
