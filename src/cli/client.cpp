#include "cli/client.hpp"

#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/interrupt.hpp"
#include "cli/session.hpp"
#include "cli/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace landfall::cli {
namespace {

/// How many of a command's words stand at the front of the arguments. Underscores count as hyphens.
std::size_t matching_words(const Command& command, const std::vector<std::string>& args) {
    std::size_t count = 0;
    while (count < command.words.size() && count < args.size()) {
        std::string word = args[count];
        std::replace(word.begin(), word.end(), '_', '-');
        if (word != command.words[count])
            break;
        ++count;
    }
    return count;
}

bool is_help(const std::string& word) {
    return word == "--help" || word == "-h" || word == "help";
}

/// The commands that share their first words with the arguments, to choose from.
int show_choices(const std::vector<Command>& commands, const std::vector<std::string>& args, const Terminal& terminal) {
    std::size_t depth = 1;
    for (const Command& command : commands)
        depth = std::max(depth, matching_words(command, args));
    std::string list;
    std::vector<std::string> next;
    for (const Command& command : commands) {
        if (matching_words(command, args) != depth)
            continue;
        list += fmt::format("  {:<34} {}\n", command.title(), command.summary);
        next.push_back(command.words[depth]);
    }
    if (depth < args.size() && is_help(args[depth])) {
        fmt::print(terminal.out, "Commands:\n{}", list);
        return 0;
    }
    if (depth < args.size()) {
        const std::string meant = nearest(args[depth], next);
        terminal.complain(fmt::format("There is no command '{}'{}", args[depth],
                                      meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
    } else {
        terminal.complain("Say what to do:");
    }
    fmt::print(terminal.err, "{}", list);
    return 2;
}

int run_completion(std::vector<Command> commands, const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    if (surroundings.server_commands)
        std::ranges::move(surroundings.server_commands(), std::back_inserter(commands));
    const auto script = completion_script(invocation.operands.size() == 1 ? invocation.operands.front() : "", commands);
    if (!script)
        return report_usage(terminal, script.error());
    fmt::print(terminal.out, "{}", *script);
    return 0;
}

int run_command(const Command& command, const std::vector<Command>& commands, const std::vector<std::string>& words,
                const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto invocation =
        parse_command_line(command, words, [&](const std::string& file) { return read_text(terminal, file); });
    if (!invocation)
        return report_usage(terminal, invocation.error());
    if (invocation->help) {
        fmt::print(terminal.out, "{}", help_text(command));
        return 0;
    }
    if (!command.operation_id.empty())
        return run_operation(command, *invocation, surroundings);
    if (command.words.front() == "upload")
        return run_upload(*invocation, surroundings);
    if (command.words.front() == "download")
        return run_download(*invocation, surroundings);
    if (command.words.front() == "completion")
        return run_completion(commands, *invocation, surroundings);
    return run_op(*invocation, surroundings);
}

bool is_ours(const std::vector<Command>& commands, const std::vector<std::string>& args) {
    return std::any_of(commands.begin(), commands.end(), [&](const Command& c) { return matching_words(c, args) > 0; });
}

} // namespace

std::optional<int> run_client(const std::vector<std::string>& args, const operations::Registry& registry,
                              const Surroundings& surroundings) {
    const auto commands = all_commands(registry);
    if (args.empty() || !is_ours(commands, args))
        return std::nullopt;
    const Command* found =
        nullptr; // `items list` and `items list-assets` differ by whole words; the longest match wins
    for (const Command& command : commands)
        if (matching_words(command, args) == command.words.size() &&
            (found == nullptr || command.words.size() > found->words.size()))
            found = &command;
    if (found == nullptr)
        return show_choices(commands, args, surroundings.terminal);
    const std::vector<std::string> words(args.begin() + static_cast<std::ptrdiff_t>(found->words.size()), args.end());
    return run_command(*found, commands, words, surroundings);
}

std::optional<int> run_client(const std::vector<std::string>& args, const operations::Registry& registry,
                              std::function<std::vector<Command>()> server_commands) {
    if (args.empty() || !is_ours(all_commands(registry), args))
        return std::nullopt;
    const InterruptWatch watch;
    return run_client(args, registry,
                      {Terminal::of_process(), RetryPolicy{}, watch.token(), std::move(server_commands)});
}

std::vector<std::pair<std::string, std::string>> client_commands(const operations::Registry& registry) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Command& command : all_commands(registry))
        lines.emplace_back(command.title(), command.summary);
    return lines;
}

} // namespace landfall::cli
