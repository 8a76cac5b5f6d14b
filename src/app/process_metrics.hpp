#pragma once
/// What this process tells of itself and of the machine, under the names that Prometheus' own clients use.

#include "app/config.hpp"
#include "core/metrics.hpp"

#include <string>

namespace landfall::app {

/// Adds `process_…`, the build, the disk of the data folder, the limit of memory with its shares, and log lines that
/// nobody read.
void add_process_metrics(MetricRegistry& registry, const Config& config);

} // namespace landfall::app
