#pragma once
/// `landfall lifecycle run`. Design: section 13, extensions.md "Command line".

#include "app/command_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

struct LifecycleRequest {
    std::optional<std::string> at; ///< RFC 3339; absent: now
    bool dry_run = false;          ///< only tells what would be done
    bool yes = false;              ///< without a question, also for a time that lies ahead
};
/// Takes every step of items that is due by then, beside whatever runs; see domain::run_lifecycle. Gives the exit code.
int run_lifecycle(const Config& config, const LifecycleRequest& request, Output output);

std::vector<Row> lifecycle_rows();

} // namespace landfall::app
