#pragma once
/// Commands and their flags as data. Every operation becomes one, from its input's JSON Schema.

#include "operations/registry/registry.hpp"
#include "schema/json.hpp"

#include <limits>
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
    std::string needs;             ///< name of the flag without which this one means nothing; empty if there is none
    std::string heading = "Flags"; ///< of an own flag's section in the help
};

/// A flag that is called like its property.
Flag make_flag(std::string name, FlagType type, std::string summary);

/// How many words may follow those of a command without a flag.
struct Operands {
    static constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();
    std::size_t least = 0;
    std::size_t most = 0;
    std::string wanted{}; ///< what is said of too few or too many, e.g. `Name one item`
};

struct Command {
    std::vector<std::string> words; ///< e.g. {"items", "asset", "download"}
    std::string operation_id;       ///< empty for commands that are not one operation
    std::string summary;
    std::string usage = "[flags]"; ///< what follows the words, e.g. `FILE…`
    Operands operands;
    std::vector<Flag> flags;     ///< those of the input
    std::vector<Flag> own_flags; ///< those that many commands have, and the like

    std::string title() const; ///< the words, joined by spaces
    const Flag* find(std::string_view name) const;
};

/// The flags of an input: one per property, hyphens for underscores, in the schema's order. A property that would hide
/// one of `taken` is called `field-<name>`.
std::vector<Flag> flags_of_schema(const Json& input_schema, const std::vector<Flag>& taken);

/// `--help`, which every command has.
Flag help_flag();
/// Flags of every command that talks to a server: url, token, cacert, json, help.
std::vector<Flag> connection_flags();

/// A dotted id as words: `visualization.profiles.list`, `uploads.signed_url` → {"uploads", "signed-url"}.
std::vector<std::string> words_of(std::string_view operation_id);

/// The command of an operation.
Command command_of(const operations::Operation& operation);
/// The text of `--help`, in at most 100 columns.
std::string help_text(const Command& command);

} // namespace landfall::cli
