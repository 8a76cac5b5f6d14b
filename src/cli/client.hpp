#pragma once
/// The client commands of the command line: `op`, `upload`, `download`, `completion` and one command per operation.
/// Exit codes: 0 done, 1 failure (network, file), 2 usage, 3 refused by the server.

#include "cli/command.hpp"
#include "cli/retry.hpp"
#include "cli/terminal.hpp"
#include "operations/registry/registry.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace landfall::cli {

/// What a client command works with besides its arguments. Tests bring their own.
struct Surroundings {
    Terminal terminal;
    RetryPolicy retry;
    std::stop_token interrupted;                             ///< a transfer ends soon after a stop is requested
    std::function<std::vector<Command>()> server_commands{}; ///< run elsewhere, completed here
};

/// Runs a client command on the process's terminal; nothing if args[0] is none of ours. `args` exclude the program's
/// name. SIGINT and SIGTERM end transfers in order: an upload session is given up before the command returns.
std::optional<int> run_client(const std::vector<std::string>& args, const operations::Registry& registry,
                              std::function<std::vector<Command>()> server_commands);
/// The same in given surroundings, without touching signals.
std::optional<int> run_client(const std::vector<std::string>& args, const operations::Registry& registry,
                              const Surroundings& surroundings);

/// Lines for `landfall --help`: name and summary.
std::vector<std::pair<std::string, std::string>> client_commands(const operations::Registry& registry);

} // namespace landfall::cli
