#include "cli/program.hpp"

#include "cli/completion.hpp"
#include "cli/session.hpp"
#include "core/output.hpp"
#include "core/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

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

bool is_help(std::string_view word) {
    return asks_for_help(word) || word == "help";
}

std::string line_of(const Command& command) {
    return fmt::format("  {:<34} {}\n", command.title(), command.summary);
}

/// Commands that share their first words, of which the user has yet to choose one.
struct Group {
    std::string title;                   ///< `landfall` and the shared words
    std::string list;                    ///< a line per command
    std::vector<std::string_view> next;  ///< the words that can follow
    std::vector<std::string_view> flags; ///< those that can stand in their place
};

void complain_of_word(const Group& group, const std::string& word, const Terminal& terminal) {
    if (word.starts_with("-")) {
        const std::string_view flag = nearest(word, group.flags);
        terminal.complain(flag.empty() ? fmt::format("There is no flag {} here; see {} --help", word, group.title)
                                       : fmt::format("There is no flag {} here; did you mean {}?", word, flag));
        return;
    }
    const std::string_view meant = nearest(word, group.next);
    terminal.complain(fmt::format("There is no command '{}'; {}", word,
                                  meant.empty() ? fmt::format("{} --help lists them", group.title)
                                                : fmt::format("did you mean '{}'?", meant)));
}

Command completion_command() {
    Command command;
    command.words = {"completion"};
    command.summary = "Print a completion script for a shell";
    command.usage = "bash|zsh|fish";
    command.operands = {1, 1, "Name one shell"};
    command.own_flags = {help_flag()};
    return command;
}

} // namespace

Program::Program(std::string summary, std::string version, Terminal terminal)
    : summary_(std::move(summary)), version_(std::move(version)), terminal_(std::move(terminal)) {
    sections_.push_back(
        {"Shells", {{completion_command(), [this](const Invocation& invocation) { return complete(invocation); }}}});
}

void Program::add(std::string heading, std::vector<Entry> entries) {
    sections_.insert(sections_.end() - 1, {std::move(heading), std::move(entries)}); // completion stays the last
}

std::vector<Command> Program::commands() const {
    std::vector<Command> commands;
    for (const Section& section : sections_)
        for (const Entry& entry : section.entries)
            commands.push_back(entry.command);
    return commands;
}

int Program::run(const std::vector<std::string>& args) const {
    const int code = dispatch(args);
    if (!output_failed(terminal_.out) || code != 0)
        return code;
    terminal_.complain(
        "What the command had to say could not be written; is the disk full, or did nobody read it? What "
        "it did is done all the same: a secret that is shown once is lost, so make another");
    return 1;
}

int Program::dispatch(const std::vector<std::string>& args) const {
    if (const Entry* entry = find(args))
        return run_entry(*entry, {args.begin() + static_cast<std::ptrdiff_t>(entry->command.words.size()), args.end()});
    if (!args.empty() && args.front() == "--version") {
        terminal_.print(version_);
        return 0;
    }
    return show_choices(args);
}

/// The command that the words name. One may begin like another: the longest match wins.
const Entry* Program::find(const std::vector<std::string>& args) const {
    const Entry* found = nullptr;
    for (const Section& section : sections_) {
        for (const Entry& entry : section.entries) {
            const std::size_t length = entry.command.words.size();
            if (matching_words(entry.command, args) == length &&
                (found == nullptr || length > found->command.words.size()))
                found = &entry;
        }
    }
    return found;
}

int Program::run_entry(const Entry& entry, const std::vector<std::string>& words) const {
    const auto invocation =
        parse_command_line(entry.command, words, [&](const std::string& file) { return read_text(terminal_, file); });
    if (!invocation)
        return report_usage(terminal_, invocation.error());
    if (invocation->help) {
        put(terminal_.out, help_text(entry.command));
        return 0;
    }
    return entry.run(*invocation);
}

int Program::show_choices(const std::vector<std::string>& args) const {
    const auto all = commands();
    std::size_t depth = 0;
    for (const Command& command : all)
        depth = std::max(depth, matching_words(command, args));
    Group group{"landfall", {}, {}, {"--help", "--version"}};
    std::span<const std::string> shared;
    for (const Command& command : all) {
        if (matching_words(command, args) != depth)
            continue;
        shared = std::span(command.words).first(depth);
        group.list += line_of(command);
        group.next.emplace_back(command.words[depth]);
    }
    for (const std::string& word : shared)
        group.title += " " + word;
    if (depth > 0)
        group.flags = {"--help"};
    const std::string text =
        depth == 0 ? help() : fmt::format("Usage: {} COMMAND [flags]\n\nCommands:\n{}", group.title, group.list);
    if (depth == args.size()) {
        put(terminal_.err, text);
        return 2;
    }
    if (is_help(args[depth])) {
        put(terminal_.out, text);
        return 0;
    }
    complain_of_word(group, args[depth], terminal_);
    if (depth > 0)
        put(terminal_.err, group.list);
    return 2;
}

std::string Program::help() const {
    std::string text = fmt::format("{}\n\nUsage: landfall COMMAND [flags]\n", summary_);
    for (const Section& section : sections_) {
        text += fmt::format("\n{}:\n", section.heading);
        for (const Entry& entry : section.entries)
            text += line_of(entry.command);
    }
    return text + "\nFlags:\n  --version    Print the version\n  --help       Print this, or the help of a command\n";
}

int Program::complete(const Invocation& invocation) const {
    const auto script = completion_script(invocation.operands.front(), commands());
    if (!script)
        return report_usage(terminal_, script.error());
    put(terminal_.out, *script);
    return 0;
}

} // namespace landfall::cli
