#pragma once
/// What every command that talks to a server shares: who and where, and how failures are told.

#include "cli/api.hpp"
#include "cli/client.hpp"
#include "cli/command_line.hpp"

#include <memory>
#include <string>

namespace landfall::cli {

/// The server that flags or the environment name. InvalidArgument with a sentence if the token is missing or the
/// address is none.
Result<Server> server_of(const Invocation& invocation, const Terminal& terminal);

/// Reads a file, or the terminal's standard input for `-`; Internal with a sentence if that fails or it is larger
/// than 64 MiB.
Result<std::string> read_text(const Terminal& terminal, const std::string& file);

/// Prints a failure and gives its exit code: 1 or 3.
int report(const Terminal& terminal, const Error& error);
/// Prints the faults of a command line and gives exit code 2.
int report_usage(const Terminal& terminal, const Error& error);

/// The commands that are more than a call. All give an exit code.
int run_operation(const operations::Operation& operation, const Invocation& invocation,
                  const Surroundings& surroundings);
/// The registry says more of the operations that this program knows.
int run_op(const operations::Registry& registry, const Invocation& invocation, const Surroundings& surroundings);
int run_upload(const Invocation& invocation, const Surroundings& surroundings);
int run_download(const Invocation& invocation, const Surroundings& surroundings);

} // namespace landfall::cli
