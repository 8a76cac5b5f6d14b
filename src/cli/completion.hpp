#pragma once
/// Completion scripts for shells, made from the commands and their flags.

#include "cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

/// The script for `bash`, `zsh` or `fish`; InvalidArgument for another shell.
Result<std::string> completion_script(std::string_view shell, const std::vector<Command>& commands);

} // namespace landfall::cli
