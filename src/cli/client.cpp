#include "cli/client.hpp"

#include "cli/interrupt.hpp"
#include "cli/session.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace landfall::cli {
namespace {

constexpr int kEndedBySignal = 128; ///< shells add the signal: 130 after Ctrl-C

struct ClientCommand {
    Command command;
    std::function<int(const Invocation&, const Surroundings&)> run;
};

/// The flags, then those of every command that talks to a server.
std::vector<Flag> with_connection(std::vector<Flag> flags) {
    std::ranges::move(connection_flags(), std::back_inserter(flags));
    return flags;
}

Command upload_command() {
    Command command;
    command.words = {"upload"};
    command.summary = "Upload files as one session and turn them into items";
    command.usage = "FILE|FOLDER… --project ID";
    command.operands = {1, Operands::kAnyNumber, "Name at least one file or folder"};
    std::vector<Flag> flags{
        make_flag("project", FlagType::String, "Project that gets the items; needed unless --resume goes on"),
        make_flag("collection", FlagType::String, "Collection for new items"),
        make_flag("item", FlagType::String, "Add the files to this item instead of making new ones"),
        make_flag("asset-key", FlagType::String, "Key of the asset that the file becomes; needs --item"),
        make_flag("categorical", FlagType::Boolean, "The values are classes, not measurements"),
        make_flag("datetime", FlagType::String, "When the pixels were taken, for all items of the upload"),
        make_flag("name", FlagType::String, "Name of the item, if the upload makes one"),
        make_flag("resume", FlagType::String, "Go on with this upload: send what is not there yet, of the same files"),
        make_flag("part-size", FlagType::String, "Send larger files in parts of so many bytes; 8MiB if absent"),
        make_flag("limit-rate", FlagType::String, "Send at most so many bytes a second, e.g. 2MB"),
        make_flag("parallel", FlagType::Integer, "Files and parts sent at the same time, 1 to 16; 4 if absent")};
    flags[3].needs = "item";
    command.own_flags = with_connection(std::move(flags));
    return command;
}

Command download_command() {
    Command command;
    command.words = {"download"};
    command.summary = "Download a file of an item and check it";
    command.usage = "ITEM [--asset KEY] [-o FILE]";
    command.operands = {1, 1, "Name one item"};
    command.own_flags = with_connection(
        {make_flag("asset", FlagType::String, "Key or id of the asset; the uploaded file if absent"),
         make_flag("output", FlagType::String, "File or folder to write, also -o; - for standard output")});
    return command;
}

Command op_command() {
    Command command;
    command.words = {"op"};
    command.summary = "Call any operation with JSON";
    command.usage = "OPERATION_ID ['JSON' | - | @FILE]";
    command.operands = {1, 2, "Give an operation's id and perhaps its JSON"};
    command.own_flags =
        with_connection({make_flag("output", FlagType::String, "Write the answer to this file"),
                         make_flag("idempotency-key", FlagType::String, "Makes repeating the call safe")});
    return command;
}

Command plain_command(std::vector<std::string> words, std::string summary, std::vector<Flag> flags) {
    Command command;
    command.words = std::move(words);
    command.summary = std::move(summary);
    command.own_flags = std::move(flags);
    return command;
}

Command login_command() {
    std::vector<Flag> flags{
        make_flag("url", FlagType::String, "Address of the server; else LANDFALL_URL, else that of the profile"),
        make_flag("api-key", FlagType::String, "Remember this API key; - reads it from standard input"),
        make_flag("password", FlagType::Boolean, "Ask for email address and password, here instead of in a browser"),
        make_flag("email", FlagType::String, "Of the user who signs in by password"),
        make_flag("organization", FlagType::String, "In which to work, by id; the first of the user's if absent"),
        make_flag("profile", FlagType::String, "Remember the sign-in under this name, and use it from now on"),
        make_flag("cacert", FlagType::String, "PEM file of the certificate authorities to trust"),
        make_flag("json", FlagType::Boolean, "Print compact JSON for programs"),
        help_flag()};
    for (const std::size_t at : {3, 4})
        flags[at].needs = "password";
    return plain_command({"login"}, "Sign in: on a page in the browser, by password, or by API key", std::move(flags));
}

Command profile_use_command() {
    Command command = plain_command({"profile", "use"}, "Choose the profile that commands use", {help_flag()});
    command.usage = "NAME";
    command.operands = {1, 1, "Name one profile"};
    return command;
}

std::vector<ClientCommand> account_commands() {
    const Flag json = make_flag("json", FlagType::Boolean, "Print JSON for programs");
    return {{login_command(), run_login},
            {plain_command({"logout"}, "End the session of the profile and forget it", {help_flag()}), run_logout},
            {plain_command({"whoami"}, "Who is signed in, and what that allows", connection_flags()), run_whoami},
            {plain_command({"profile", "list"}, "The profiles that landfall login made", {json, help_flag()}),
             run_profile_list},
            {profile_use_command(), run_profile_use},
            {plain_command({"project", "list"}, "Your projects",
                           with_connection({make_flag("all", FlagType::Boolean, "Archived ones as well")})),
             run_project_list}};
}

std::vector<ClientCommand> table_of(const operations::Registry& registry) {
    std::vector<ClientCommand> table = account_commands();
    std::vector<ClientCommand> others{
        {upload_command(), run_upload},
        {download_command(), run_download},
        {op_command(), [&registry](const Invocation& invocation, const Surroundings& surroundings) {
             return run_op(registry, invocation, surroundings);
         }}};
    std::ranges::move(others, std::back_inserter(table));
    for (const auto* operation : registry.all()) {
        table.push_back(
            {command_of(*operation), [operation](const Invocation& invocation, const Surroundings& surroundings) {
                 return run_operation(*operation, invocation, surroundings);
             }});
    }
    return table;
}

} // namespace

std::vector<Entry> client_commands(const operations::Registry& registry) {
    std::vector<Entry> entries;
    for (auto& [command, run] : table_of(registry))
        entries.push_back({std::move(command), [run = std::move(run)](const Invocation& invocation) {
                               const InterruptWatch watch;
                               const int code = run(invocation, {Terminal::of_process(), RetryPolicy{}, watch.token()});
                               return code != 0 && watch.signal() != 0 ? kEndedBySignal + watch.signal() : code;
                           }});
    return entries;
}

std::vector<Entry> client_commands(const operations::Registry& registry, const Surroundings& surroundings) {
    std::vector<Entry> entries;
    for (auto& [command, run] : table_of(registry))
        entries.push_back({std::move(command), [run = std::move(run), surroundings](const Invocation& invocation) {
                               return run(invocation, surroundings);
                           }});
    return entries;
}

} // namespace landfall::cli
