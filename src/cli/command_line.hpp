#pragma once
/// Turns the words after a command into values.

#include "cli/command.hpp"
#include "core/result.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace landfall::cli {

/// What the user gave a command.
struct Invocation {
    Json input = Json::object();            ///< from the flags of the input
    std::map<std::string, std::string> own; ///< text of own flags by name; `true` or `false` for booleans
    std::vector<std::string> operands;
    bool help = false;

    std::optional<std::string> value(const std::string& name) const;
    bool has(const std::string& name) const { return value(name).value_or("false") == "true"; }
};

/// Reads the text of a file, or of standard input for `-`; at most 64 MiB.
using TextReader = std::function<Result<std::string>(const std::string& file)>;

/// Whether a word asks for help wherever it stands before `--`: it is never the value of a flag.
bool asks_for_help(std::string_view word);

/// Parses everything after a command's words. InvalidArgument with every fault as a field error whose message is a
/// sentence. With `--help` nothing is required. Flags may be written with underscores, as `--name value` or
/// `--name=value`; `-h` is --help and `-o` is --output; after `--` everything is an operand.
Result<Invocation> parse_command_line(const Command& command, const std::vector<std::string>& words,
                                      const TextReader& read);

/// The JSON of a flag's text; InvalidArgument with a sentence that names the flag. Arrays: one entry's.
Result<Json> flag_value(const Flag& flag, const std::string& text, const TextReader& read);

/// JSON text given as such, as `@FILE` or as `-`; InvalidArgument if it can't be read or is no JSON.
Result<std::string> json_argument(const std::string& text, const TextReader& read);

} // namespace landfall::cli
