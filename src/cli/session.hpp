#pragma once
/// What every command that talks to a server shares: who and where, and how failures are told.

#include "cli/api.hpp"
#include "cli/client.hpp"
#include "cli/command_line.hpp"
#include "cli/profiles.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::cli {

inline constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8080";

/// What a flag gives, else a variable of the environment; or nothing.
std::string given(const Invocation& invocation, const Terminal& terminal, const std::string& flag,
                  const std::string& variable);
/// The address without its last slashes. InvalidArgument with a sentence if it is none.
Result<std::string> server_url(std::string url);
/// The profile that LANDFALL_PROFILE names, else the current one, if there is one. InvalidArgument if the named one is
/// not there.
Result<std::optional<Profile>> chosen_profile(const Terminal& terminal);
/// InvalidArgument with a sentence for what can't be one.
Status check_profile_name(std::string_view name);

/// The server that flags, the environment or the profile name. InvalidArgument with a sentence if the token is missing
/// or the address is none.
Result<Server> server_of(const Invocation& invocation, const Terminal& terminal);

/// The same for whoever brings credentials of his own: only the address and whom to trust there.
Result<Server> address_of(const Invocation& invocation, const Terminal& terminal);

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
/// The operations as tools of the Model Context Protocol, over standard input and output or over HTTP.
int run_mcp(const operations::Registry& registry, const Invocation& invocation, const Surroundings& surroundings);
/// Signing in and out, and the profiles that this leaves.
int run_login(const Invocation& invocation, const Surroundings& surroundings);
int run_logout(const Invocation& invocation, const Surroundings& surroundings);
int run_whoami(const Invocation& invocation, const Surroundings& surroundings);
int run_profile_list(const Invocation& invocation, const Surroundings& surroundings);
int run_profile_use(const Invocation& invocation, const Surroundings& surroundings);
/// The caller's projects, a line each.
int run_project_list(const Invocation& invocation, const Surroundings& surroundings);
int run_upload(const Invocation& invocation, const Surroundings& surroundings);
int run_download(const Invocation& invocation, const Surroundings& surroundings);
/// The transactional STAC API, of any server that has it.
int run_stac_login(const Invocation& invocation, const Surroundings& surroundings);
int run_stac_put_collection(const Invocation& invocation, const Surroundings& surroundings);
int run_stac_put_item(const Invocation& invocation, const Surroundings& surroundings);
int run_stac_put_asset(const Invocation& invocation, const Surroundings& surroundings);
int run_stac_upload(const Invocation& invocation, const Surroundings& surroundings);
int run_stac_ls(const Invocation& invocation, const Surroundings& surroundings);

} // namespace landfall::cli
