#pragma once
/// The commands that talk to a server: `upload`, `download`, `op` and one per operation.
/// Exit codes: 0 done, 1 failure (network, file), 2 usage, 3 refused by the server, 128 + n interrupted by signal n.

#include "cli/program.hpp"
#include "cli/retry.hpp"
#include "cli/terminal.hpp"
#include "operations/registry/registry.hpp"

#include <stop_token>
#include <vector>

namespace landfall::cli {

/// What a client command works with besides its arguments. Tests bring their own.
struct Surroundings {
    Terminal terminal;
    RetryPolicy retry;
    std::stop_token interrupted; ///< a transfer ends soon after a stop is requested
};

/// The registry must outlive the commands. Here on the process's terminal: the ones made by hand, then one per
/// operation in the order of ids. SIGINT and SIGTERM end transfers in order: an upload stays open, to be gone on
/// with.
std::vector<Entry> client_commands(const operations::Registry& registry);
/// The same in given surroundings, without touching signals.
std::vector<Entry> client_commands(const operations::Registry& registry, const Surroundings& surroundings);

} // namespace landfall::cli
