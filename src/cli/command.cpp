#include "cli/command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

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

Flag make_flag(std::string name, FlagType type, std::string summary) {
    Flag flag;
    flag.property = name;
    flag.name = std::move(name);
    flag.type = type;
    flag.summary = std::move(summary);
    return flag;
}

Flag help_flag() {
    return make_flag("help", FlagType::Boolean, "Print this");
}

std::vector<Flag> connection_flags() {
    return {make_flag("url", FlagType::String, "Address of the server; else LANDFALL_URL, else http://127.0.0.1:8080"),
            make_flag("token", FlagType::String, "API key; better in LANDFALL_TOKEN, where no other user can see it"),
            make_flag("cacert", FlagType::String,
                      "PEM file of the certificate authorities to trust; else SSL_CERT_FILE, else the system's"),
            make_flag("json", FlagType::Boolean, "Print compact JSON for programs"), help_flag()};
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
    command.own_flags = {make_flag("output", FlagType::String, "Write the answer to this file")};
    if (operation.spec.accepts_idempotency_key)
        command.own_flags.push_back(make_flag("idempotency-key", FlagType::String, "Makes repeating the call safe"));
    std::ranges::move(connection_flags(), std::back_inserter(command.own_flags));
    command.flags = flags_of_schema(operation.input_schema, command.own_flags);
    return command;
}

std::string help_text(const Command& command) {
    std::string text = fmt::format("{}\n\nUsage: landfall {} {}\n", command.summary, command.title(), command.usage);
    if (!command.flags.empty())
        text += "\nInput:\n";
    for (const Flag& flag : command.flags)
        text += flag_line(flag);
    std::string_view heading;
    for (const Flag& flag : command.own_flags) {
        if (flag.heading != heading)
            text += fmt::format("\n{}:\n", flag.heading);
        heading = flag.heading;
        text += flag_line(flag);
    }
    return text;
}

} // namespace landfall::cli
