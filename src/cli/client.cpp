#include "cli/client.hpp"

#include "cli/interrupt.hpp"
#include "cli/session.hpp"

#include <fmt/format.h>

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

/// The flags, then those of every command that sends files.
std::vector<Flag> with_pacing(std::vector<Flag> flags) {
    flags.push_back(
        make_flag("part-size", FlagType::String, "Send larger files in parts of so many bytes; 8MiB if absent"));
    flags.push_back(make_flag("limit-rate", FlagType::String, "Send at most so many bytes a second, e.g. 2MB"));
    flags.push_back(
        make_flag("parallel", FlagType::Integer, "Files and parts sent at the same time, 1 to 16; 4 if absent"));
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
        make_flag("resume", FlagType::String, "Go on with this upload: send what is not there yet, of the same files")};
    flags[3].needs = "item";
    command.own_flags = with_connection(with_pacing(std::move(flags)));
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

Command mcp_command() {
    Command command;
    command.words = {"mcp"};
    command.summary = "Give the operations to a language model's host as tools (Model Context Protocol)";
    command.own_flags = with_connection(
        {make_flag("allow-writes", FlagType::Boolean, "Also those that make, change or give out something"),
         make_flag("allow-destructive", FlagType::Boolean, "Also those that take something away"),
         make_flag("http", FlagType::String,
                   "Answer at this address, e.g. :8090, instead of on standard input; callers bring their own token")});
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

/// The flags of a command of the STAC API, then what says of which server.
std::vector<Flag> with_stac_server(std::vector<Flag> flags) {
    flags.push_back(
        make_flag("url", FlagType::String, "Address of the server; else LANDFALL_URL, else that of the profile"));
    flags.push_back(
        make_flag("cacert", FlagType::String,
                  "PEM file of the certificate authorities to trust; else SSL_CERT_FILE, else the system's"));
    flags.push_back(make_flag("json", FlagType::Boolean, "Print compact JSON for programs"));
    flags.push_back(help_flag());
    return flags;
}

Command stac_login_command() {
    return plain_command(
        {"stac", "login"}, "Sign in to the transactional STAC API of a server by user and password",
        with_stac_server(
            {make_flag("user", FlagType::String, "Name of the user; asked for if absent, as the password is"),
             make_flag("keep-password", FlagType::Boolean,
                       "Remember the password itself, for servers that give no token for it"),
             make_flag("profile", FlagType::String, "Remember the sign-in under this name, and use it from now on")}));
}

/// A flag of a member that is not called like it.
Flag member_flag(std::string name, std::string member, FlagType type, std::string summary) {
    Flag flag = make_flag(std::move(name), type, std::move(summary));
    flag.property = std::move(member);
    return flag;
}

Command stac_put_command(std::string kind, std::string usage, std::vector<Flag> members) {
    Command command = plain_command(
        {"stac", kind, "put"}, fmt::format("Make or replace the {} of a STAC API, from JSON, flags or both", kind),
        with_stac_server({make_flag("create", FlagType::Boolean, "Only make it: refused if it is there"),
                          make_flag("if-match", FlagType::String, "Only replace it if its ETag is still this one")}));
    command.usage = usage + " ['JSON' | - | @FILE]";
    command.operands = {1, 2, "Name one as " + usage};
    command.flags = std::move(members);
    return command;
}

std::vector<ClientCommand> stac_put_commands() {
    Flag roles = member_flag("role", "roles", FlagType::Array, "What it is for, e.g. data");
    roles.entry = FlagType::String;
    const Flag title = make_flag("title", FlagType::String, "Title for people");
    return {{stac_put_command("collection", "COLLECTION",
                              {title, make_flag("description", FlagType::String, "What it holds"),
                               make_flag("license", FlagType::String, "SPDX id, or proprietary"),
                               make_flag("published", FlagType::Boolean, "Whether lists and searches show it")}),
             run_stac_put_collection},
            {stac_put_command("item", "COLLECTION/ITEM",
                              {make_flag("geometry", FlagType::Object, "GeoJSON, WGS 84"),
                               make_flag("datetime", FlagType::String, "The moment that it shows"),
                               member_flag("start-datetime", "start_datetime", FlagType::String, "Or the range: from"),
                               member_flag("end-datetime", "end_datetime", FlagType::String, "And to"), title,
                               make_flag("expires", FlagType::String, "When it ends")}),
             run_stac_put_item},
            {stac_put_command("asset", "COLLECTION/ITEM/ASSET",
                              {make_flag("type", FlagType::String, "Media type"), title,
                               make_flag("description", FlagType::String, "What it is"), roles,
                               member_flag("proj-epsg", "proj:epsg", FlagType::Integer, "EPSG code of its coordinates"),
                               make_flag("gsd", FlagType::Number, "Size of a pixel on the ground, in metres"),
                               member_flag("lang", "geoadmin:lang", FlagType::String, "de, it, fr, rm or en"),
                               member_flag("variant", "geoadmin:variant", FlagType::String, "Which of several it is"),
                               make_flag("href", FlagType::String, "Where it lies, if elsewhere")}),
             run_stac_put_asset}};
}

Command stac_upload_command() {
    Command command = plain_command(
        {"stac", "upload"}, "Send files as assets of a STAC API, in parts; again it sends what is not there",
        with_stac_server(with_pacing(
            {make_flag("to", FlagType::String, "COLLECTION/ITEM, or COLLECTION, whose asset each file becomes"),
             make_flag("asset", FlagType::String, "Id of the asset; the name of the file if absent"),
             make_flag("type", FlagType::String, "Media type of an asset that is made; by the name if absent"),
             make_flag("replace", FlagType::Boolean, "Abort an upload of another file that is in progress")})));
    command.own_flags.front().required = true;
    command.usage = "FILE|FOLDER… --to COLLECTION/ITEM";
    command.operands = {1, Operands::kAnyNumber, "Name at least one file or folder"};
    return command;
}

Command stac_ls_command() {
    Command command = plain_command(
        {"stac", "ls"}, "List collections of a STAC API, items of a collection, or assets of an item",
        with_stac_server({make_flag("assets", FlagType::Boolean, "The assets of the collection, not its items")}));
    command.usage = "[COLLECTION[/ITEM]]";
    command.operands = {0, 1, "Name one collection, or one item as COLLECTION/ITEM"};
    return command;
}

std::vector<ClientCommand> stac_commands() {
    std::vector<ClientCommand> commands{{stac_login_command(), run_stac_login}};
    std::ranges::move(stac_put_commands(), std::back_inserter(commands));
    commands.push_back({stac_upload_command(), run_stac_upload});
    commands.push_back({stac_ls_command(), run_stac_ls});
    return commands;
}

std::vector<ClientCommand> table_of(const operations::Registry& registry) {
    std::vector<ClientCommand> table = account_commands();
    std::vector<ClientCommand> others{
        {upload_command(), run_upload},
        {download_command(), run_download},
        {op_command(),
         [&registry](const Invocation& invocation, const Surroundings& surroundings) {
             return run_op(registry, invocation, surroundings);
         }},
        {mcp_command(), [&registry](const Invocation& invocation, const Surroundings& surroundings) {
             return run_mcp(registry, invocation, surroundings);
         }}};
    std::ranges::move(others, std::back_inserter(table));
    std::ranges::move(stac_commands(), std::back_inserter(table));
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
