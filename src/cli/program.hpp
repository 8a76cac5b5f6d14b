#pragma once
/// The whole command line: which command the words name, the help of every level, completion.

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"

#include <functional>
#include <string>
#include <vector>

namespace landfall::cli {

/// A command and what runs it: gives the program's exit code.
struct Entry {
    Command command;
    std::function<int(const Invocation&)> run;
};

/// Commands that the help lists together.
struct Section {
    std::string heading;
    std::vector<Entry> entries;
};

class Program {
public:
    /// `summary` heads the help, `version` is the answer to `--version`. Adds `completion` to the commands.
    Program(std::string summary, std::string version, Terminal terminal);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Adds commands, none of which may have the words of another.
    void add(std::string heading, std::vector<Entry> entries);

    /// Runs the command that the words name; they exclude the program's name. Gives its exit code, 0 for help and the
    /// version, or 2 after saying what is wrong with the words. 1 for a success whose output got lost.
    int run(const std::vector<std::string>& args) const;

    /// Every command, in the order of the help.
    std::vector<Command> commands() const;

private:
    int dispatch(const std::vector<std::string>& args) const;
    const Entry* find(const std::vector<std::string>& args) const;
    int run_entry(const Entry& entry, const std::vector<std::string>& words) const;
    int show_choices(const std::vector<std::string>& args) const;
    std::string help() const;
    int complete(const Invocation& invocation) const;

    std::string summary_, version_;
    Terminal terminal_;
    std::vector<Section> sections_;
};

} // namespace landfall::cli
