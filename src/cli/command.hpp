#pragma once
/// Commands and their flags as data. Every operation becomes one, from its input's JSON Schema.

#include "operations/registry/registry.hpp"
#include "schema/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

/// How a flag's text becomes JSON.
enum class FlagType {
    String,
    Integer,
    Number,
    Boolean, ///< `--name`, `--name=false`, `--no-name`
    Array,   ///< repeatable
    Object,  ///< JSON text, `@FILE`, or `-` for standard input
    Any,     ///< the same; what is no JSON is a string
};

struct Flag {
    std::string name;     ///< with hyphens, without the leading two
    std::string property; ///< name in the resulting object
    FlagType type = FlagType::String;
    FlagType entry = FlagType::String; ///< of an Array
    bool required = false;
    bool nullable = false;
    std::vector<std::string> choices; ///< the only texts allowed, if any
    std::string summary;
};

/// Whether file names follow the words of a command.
enum class Operands { None, Text, Files };

struct Command {
    std::vector<std::string> words; ///< e.g. {"items", "asset", "download"}
    std::string operation_id;       ///< empty for commands that are more than one operation
    std::string summary;
    std::string usage; ///< what follows the words, e.g. `FILE…`
    Operands operands = Operands::None;
    std::vector<Flag> flags;     ///< those of the input
    std::vector<Flag> own_flags; ///< those every command has, and the like

    std::string title() const; ///< the words, joined by spaces
    const Flag* find(std::string_view name) const;
};

/// The flags of an input: one per property, hyphens for underscores, in the schema's order. A property that would hide
/// one of `taken` is called `field-<name>`.
std::vector<Flag> flags_of_schema(const Json& input_schema, const std::vector<Flag>& taken);

/// Flags of every command that talks to a server: url, token, json, help.
std::vector<Flag> connection_flags();

/// A dotted id as words: `visualization.profiles.list`, `uploads.signed_url` → {"uploads", "signed-url"}.
std::vector<std::string> words_of(std::string_view operation_id);

/// The command of an operation.
Command command_of(const operations::Operation& operation);
/// Every client command: the ones made by hand, then one per operation in the order of ids.
std::vector<Command> all_commands(const operations::Registry& registry);

/// The text of `--help`, in at most 100 columns.
std::string help_text(const Command& command);

} // namespace landfall::cli
