#pragma once
/// Where commands take a password from.

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "core/result.hpp"

#include <string>
#include <vector>

namespace landfall::app {

/// `--password` and `--password-stdin`.
std::vector<cli::Flag> password_flags();

/// The password that the flags give, or that the person at the terminal types twice. BadRequest, with a sentence, where
/// there is none.
Result<std::string> password_of(const cli::Invocation& given);

} // namespace landfall::app
