#pragma once
/// Asking somebody at a terminal.

#include "cli/terminal.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace landfall::cli {

/// The next line of standard input, without its end, after a question if somebody sits there. Internal at its end.
Result<std::string> ask(const Terminal& terminal, std::string_view question);
/// The same, and what is typed is not shown.
Result<std::string> ask_secret(const Terminal& terminal, std::string_view question);

} // namespace landfall::cli
