#pragma once
/// The commands that open the data themselves, as rows of tables; `commands.cpp` makes the program's of them.

#include "app/admin.hpp"
#include "app/config.hpp"
#include "cli/program.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace landfall::app {

/// A command that works with the settings.
struct Row {
    std::vector<std::string> words{};
    std::string summary{};
    std::vector<cli::Flag> flags{}; ///< what it takes besides settings
    std::string operand{};          ///< what its one further word is, as usage shows it; empty: there is none
    std::string wanted{};           ///< what is said if that word is missing
    bool operand_is_optional = false;
    bool json = false; ///< can print JSON for programs
    std::function<int(const LoadedConfig&, const cli::Invocation&)> run{};
};

cli::Flag text_flag(std::string name, std::string summary);
cli::Flag required(cli::Flag flag);
/// `--organization`, by id or slug; required.
cli::Flag organization_flag();

/// What was given for a property of the input; nothing if it was not.
std::optional<std::string> text_of(const cli::Invocation& given, const std::string& property);
/// The same of what a required flag gives.
std::string required_text(const cli::Invocation& given, const std::string& property);
/// How `--json` asks to print.
Output output_of(const cli::Invocation& given);

} // namespace landfall::app
