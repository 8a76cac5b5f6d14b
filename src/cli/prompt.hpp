#pragma once
/// Asks the person at the terminal.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace landfall::cli {

/// Whether there is somebody to ask: standard input and standard error are terminals.
bool can_ask();

/// Puts a question of yes and no; true for `y` and `yes`.
bool agrees(std::string_view question);

/// Asks for a secret, which is not shown while it is typed. BadRequest where nobody answers.
Result<std::string> ask_secret(std::string_view what);

/// The first line of standard input, without its end. BadRequest if there is none.
Result<std::string> read_input_line();

} // namespace landfall::cli
