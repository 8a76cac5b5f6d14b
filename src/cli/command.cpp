#include "cli/command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace landfall::cli {
namespace {

std::string hyphenated(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

/// The first named type of a schema that is not null.
std::string_view type_name(const Json& schema) {
    const Json& type = schema["type"];
    for (const Json& one : type.items())
        if (one.as_view() != "null")
            return one.as_view();
    return type.as_view();
}

bool accepts_null(const Json& schema) {
    const auto& types = schema["type"].items();
    return std::any_of(types.begin(), types.end(), [](const Json& type) { return type.as_view() == "null"; });
}

FlagType flag_type(std::string_view name) {
    if (name == "string")
        return FlagType::String;
    if (name == "integer")
        return FlagType::Integer;
    if (name == "number")
        return FlagType::Number;
    if (name == "boolean")
        return FlagType::Boolean;
    if (name == "array")
        return FlagType::Array;
    return name == "object" ? FlagType::Object : FlagType::Any;
}

std::vector<std::string> choices_of(const Json& schema) {
    std::vector<std::string> choices;
    for (const Json& one : schema["enum"].items())
        if (one.is_string())
            choices.push_back(one.as_string());
    return choices;
}

std::string_view placeholder(FlagType type) {
    switch (type) {
    case FlagType::String:
        return "TEXT";
    case FlagType::Integer:
        return "INTEGER";
    case FlagType::Number:
        return "NUMBER";
    case FlagType::Boolean:
        return "";
    case FlagType::Array:
        return "…";
    case FlagType::Object:
    case FlagType::Any:
        return "JSON|@FILE";
    }
    return "TEXT";
}

std::string flag_usage(const Flag& flag) {
    const FlagType type = flag.type == FlagType::Array ? flag.entry : flag.type;
    std::string text = fmt::format("--{}", flag.name);
    if (!placeholder(type).empty())
        text += fmt::format(" {}", placeholder(type));
    return flag.type == FlagType::Array ? text + " (repeatable)" : text;
}

std::string flag_line(const Flag& flag) {
    std::string notes = flag.summary;
    if (!flag.choices.empty())
        notes += fmt::format("{}[{}]", notes.empty() ? "" : " ", fmt::join(flag.choices, ", "));
    if (flag.required)
        notes += notes.empty() ? "(required)" : " (required)";
    const std::string usage = flag_usage(flag);
    if (usage.size() > 32)
        return fmt::format("  {}\n  {:<32} {}\n", usage, "", notes);
    return fmt::format("  {:<32} {}\n", usage, notes);
}

Flag own_flag(std::string name, FlagType type, std::string summary) {
    Flag flag;
    flag.property = name;
    flag.name = std::move(name);
    flag.type = type;
    flag.summary = std::move(summary);
    return flag;
}

void append(std::vector<Flag>& flags, std::vector<Flag> more) {
    std::move(more.begin(), more.end(), std::back_inserter(flags));
}

Command op_command() {
    Command command{{"op"}, "", "Call any operation with JSON", "OPERATION_ID ['JSON' | - | @FILE]", Operands::Text,
                    {},     {}};
    command.own_flags = {own_flag("output", FlagType::String, "Write the answer to this file"),
                         own_flag("idempotency-key", FlagType::String, "Makes repeating the call safe")};
    append(command.own_flags, connection_flags());
    return command;
}

Command upload_command() {
    Command command{
        {"upload"}, "", "Upload files as one session and turn them into items", "FILE… --project ID", Operands::Files,
        {},         {}};
    command.own_flags = {
        own_flag("project", FlagType::String, "Project that gets the items"),
        own_flag("collection", FlagType::String, "Collection for new items"),
        own_flag("item", FlagType::String, "Add the files to this item instead of making new ones"),
        own_flag("asset-key", FlagType::String, "Key of the asset that the file becomes; needs --item"),
        own_flag("categorical", FlagType::Boolean, "The values are classes, not measurements"),
        own_flag("parallel", FlagType::Integer, "Files sent at the same time, 1 to 16; 4 if absent")};
    command.own_flags.front().required = true;
    append(command.own_flags, connection_flags());
    return command;
}

Command download_command() {
    Command command{
        {"download"}, "", "Download a file of an item and check it", "ITEM [--asset KEY] [-o FILE]", Operands::Text,
        {},           {}};
    command.own_flags = {
        own_flag("asset", FlagType::String, "Key or id of the asset; the uploaded file if absent"),
        own_flag("output", FlagType::String, "File or folder to write, also -o; - for standard output")};
    append(command.own_flags, connection_flags());
    return command;
}

Command completion_command() {
    Command command{
        {"completion"}, "", "Print a completion script for a shell", "bash|zsh|fish", Operands::Text, {}, {}};
    command.own_flags = {own_flag("help", FlagType::Boolean, "Print this")};
    return command;
}

} // namespace

std::string Command::title() const {
    return fmt::format("{}", fmt::join(words, " "));
}

const Flag* Command::find(std::string_view name) const {
    for (const auto* list : {&flags, &own_flags})
        for (const Flag& flag : *list)
            if (flag.name == name)
                return &flag;
    return nullptr;
}

std::vector<Flag> flags_of_schema(const Json& input_schema, const std::vector<Flag>& taken) {
    std::vector<Flag> flags;
    const auto& required = input_schema["required"].items();
    for (const auto& [property, schema] : input_schema["properties"].members()) {
        Flag flag;
        flag.property = property;
        flag.name = hyphenated(property);
        if (std::any_of(taken.begin(), taken.end(), [&](const Flag& other) { return other.name == flag.name; }))
            flag.name = "field-" + flag.name;
        flag.type = flag_type(type_name(schema));
        flag.nullable = accepts_null(schema);
        const Json& values = flag.type == FlagType::Array ? schema["items"] : schema;
        flag.entry = flag_type(type_name(values));
        flag.choices = choices_of(values);
        flag.summary = schema["description"].as_string();
        flag.required = std::any_of(required.begin(), required.end(),
                                    [&](const Json& name) { return name.as_view() == flag.property; });
        flags.push_back(std::move(flag));
    }
    return flags;
}

std::vector<Flag> connection_flags() {
    return {own_flag("url", FlagType::String, "Address of the server; else LANDFALL_URL, else http://127.0.0.1:8080"),
            own_flag("token", FlagType::String, "API key; better in LANDFALL_TOKEN, where no other user can see it"),
            own_flag("json", FlagType::Boolean, "Print compact JSON for programs"),
            own_flag("help", FlagType::Boolean, "Print this")};
}

std::vector<std::string> words_of(std::string_view operation_id) {
    std::vector<std::string> words(1);
    for (const char c : operation_id) {
        if (c == '.')
            words.emplace_back();
        else
            words.back() += c == '_' ? '-' : c;
    }
    return words;
}

Command command_of(const operations::Operation& operation) {
    Command command;
    command.words = words_of(operation.spec.id);
    command.operation_id = operation.spec.id;
    command.summary = operation.spec.summary;
    command.usage = "[flags]";
    command.own_flags = {own_flag("output", FlagType::String, "Write the answer to this file")};
    if (operation.spec.accepts_idempotency_key)
        command.own_flags.push_back(own_flag("idempotency-key", FlagType::String, "Makes repeating the call safe"));
    append(command.own_flags, connection_flags());
    command.flags = flags_of_schema(operation.input_schema, command.own_flags);
    return command;
}

std::vector<Command> all_commands(const operations::Registry& registry) {
    std::vector<Command> commands{upload_command(), download_command(), op_command(), completion_command()};
    for (const auto* operation : registry.all())
        commands.push_back(command_of(*operation));
    return commands;
}

std::string help_text(const Command& command) {
    std::string text = fmt::format("{}\n\nUsage: landfall {} {}\n", command.summary, command.title(), command.usage);
    if (!command.flags.empty())
        text += "\nInput:\n";
    for (const Flag& flag : command.flags)
        text += flag_line(flag);
    text += "\nFlags:\n";
    for (const Flag& flag : command.own_flags)
        text += flag_line(flag);
    return text;
}

} // namespace landfall::cli
