#pragma once
/// The commands of the program that open the data themselves, as data: their words, their flags and what runs them.

#include "app/runtime.hpp"
#include "cli/program.hpp"

#include <optional>
#include <span>
#include <vector>

namespace landfall::app {

/// Starts the launcher of workers for a command that needs one; nothing for any other command, and where help is asked
/// for. Call it before anything reads `arguments`, which are those of main(): the launcher forgets the flags, which may
/// hold the database's password.
std::optional<StartedLauncher> launcher_for(std::span<char*> arguments);

/// The server commands, in the order of the help. Every setting is a flag of each that needs the data. The launcher
/// goes to the command that runs and must outlive what is given here.
std::vector<cli::Entry> server_commands(std::optional<StartedLauncher>& launcher);

} // namespace landfall::app
