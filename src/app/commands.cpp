#include "app/commands.hpp"

#include "app/admin.hpp"
#include "app/audit_command.hpp"
#include "app/command_row.hpp"
#include "app/config.hpp"
#include "app/lifecycle_commands.hpp"
#include "app/member_commands.hpp"
#include "app/organization_commands.hpp"
#include "app/organization_set.hpp"
#include "app/serve.hpp"
#include "app/sign_in_commands.hpp"
#include "app/stac_commands.hpp"
#include "app/user_commands.hpp"
#include "core/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace landfall::app {
namespace {

using cli::Flag;
using cli::FlagType;
using cli::Invocation;

Flag scope_flag() {
    Flag flag = cli::make_flag("scope", FlagType::Array, "Every scope but admin:* if absent");
    flag.entry = FlagType::String;
    return flag;
}

/// One flag per setting. Their texts go through load_config(), which tells all faults of all sources together.
std::vector<Flag> setting_flags() {
    std::vector<Flag> flags;
    for (const auto& [name, schema] : setting_schemas()) {
        Flag flag = text_flag(name, schema["description"].as_string());
        std::replace(flag.name.begin(), flag.name.end(), '_', '-');
        flag.heading = name.starts_with("limits.") ? "Limits" : name.starts_with("s3.") ? "S3 store" : "Settings";
        flags.push_back(std::move(flag));
    }
    return flags;
}

int run_init(const LoadedConfig& loaded, const Invocation& given) {
    const InitRequest request{text_of(given, "organization"), text_of(given, "project"), text_of(given, "email"),
                              text_of(given, "password"), given.input["create-bucket"].as_bool()};
    return init(loaded.config, request, output_of(given));
}

int run_key_create(const LoadedConfig& loaded, const Invocation& given) {
    KeyRequest request{required_text(given, "organization"), required_text(given, "name"), {}};
    for (const Json& scope : given.input["scope"].items())
        request.scopes.push_back(scope.as_string());
    return create_key(loaded.config, request, output_of(given));
}

int run_sweep(const LoadedConfig& loaded, const Invocation& given) {
    constexpr std::int64_t kMost = 1'000'000'000; // a few decades bound the arithmetic
    SweepRequest request;
    if (const Json& grace = given.input["grace"]; !grace.is_null()) {
        request.grace = std::chrono::seconds(grace.as_integer());
        if (request.grace->count() < 0 || request.grace->count() > kMost) {
            put(stderr, "landfall: '{}' is no number of seconds from 0 to {}\n", request.grace->count(), kMost);
            return 2;
        }
    }
    request.yes = given.input["yes"].as_bool();
    return sweep(loaded.config, request, output_of(given));
}

int run_backup(const LoadedConfig& loaded, const Invocation& given) {
    const BackupRequest request{given.operands.front(), given.input["quick"].as_bool(),
                                given.input["without-damaged"].as_bool()};
    return back_up(loaded.config, request, output_of(given));
}

std::vector<Row> process_rows(std::optional<StartedLauncher>& launcher) {
    const auto started = [&launcher] {
        if (!launcher)
            return StartedLauncher(fail(Code::Internal, "The launcher of workers was not started"));
        return *std::exchange(launcher, {});
    };
    return {{.words = {"serve"},
             .summary = "Serve the API until SIGTERM",
             .run = [started](const LoadedConfig& loaded,
                              const Invocation& /*given*/) { return serve(loaded.config, started()); }},
            {.words = {"worker"},
             .summary = "Run jobs of the catalog without listening",
             .run = [started](const LoadedConfig& loaded,
                              const Invocation& /*given*/) { return work(loaded.config, started()); }},
            {.words = {"doctor"},
             .summary = "Check catalog, store and sandbox",
             .run = [started](const LoadedConfig& loaded, const Invocation& /*given*/) {
                 return doctor(loaded.config, started());
             }}};
}

std::vector<Row> upkeep_rows() {
    return {
        {.words = {"init"},
         .summary = "Create organization, project, user and API key where they are missing",
         .flags = {text_flag("organization", "Its name; if absent, the first organization that there is"),
                   text_flag("project", "Its name; if absent, the first project of the organization"),
                   text_flag("email", "Of the owner; if absent, the organization's own, or a new one"),
                   text_flag("password", "Of the first user; if absent, a random one"),
                   cli::make_flag("create-bucket", FlagType::Boolean,
                                  "Make the bucket of the S3 store if it is missing")},
         .json = true,
         .run = run_init},
        {.words = {"migrate"},
         .summary = "Bring the catalog's schema up to date",
         .run = [](const LoadedConfig& loaded, const Invocation& /*given*/) { return migrate(loaded.config); }},
        {.words = {"sweep"},
         .summary = "Remove what nothing refers to, end idle sessions",
         .flags = {cli::make_flag("grace", FlagType::Integer,
                                  "Leave alone what is younger, seconds; if absent 3600, and limits.orphan_seconds for "
                                  "bytes that the catalog does not know"),
                   cli::make_flag("yes", FlagType::Boolean,
                                  "Remove bytes that the catalog does not know however many they are")},
         .json = true,
         .run = run_sweep},
        {.words = {"backup"},
         .summary = "Copy catalog and objects into a folder, beside a running server; again: what is new",
         .flags = {cli::make_flag("quick", FlagType::Boolean,
                                  "Compare by size, not by digest, the objects that the last backup holds"),
                   cli::make_flag("without-damaged", FlagType::Boolean,
                                  "Leave out and tell objects that the store has lost or damaged, instead of failing")},
         .operand = "TARGET",
         .wanted = "Name the folder of the backup",
         .json = true,
         .run = run_backup},
        {.words = {"restore"},
         .summary = "Make a new data folder of a backup; checks every digest",
         .operand = "SOURCE",
         .wanted = "Name the folder of the backup",
         .json = true,
         .run =
             [](const LoadedConfig& loaded, const Invocation& given) {
                 return restore(loaded.config, given.operands.front(), output_of(given));
             }},
        {.words = {"storage", "adopt"},
         .summary = "Make the catalog that of this object store, whichever it belonged to",
         .run = [](const LoadedConfig& loaded, const Invocation& /*given*/) { return adopt_store(loaded.config); }},
        {.words = {"config", "print"},
         .summary = "Every setting with its source",
         .json = true,
         .run = [](const LoadedConfig& loaded, const Invocation& given) {
             return print_config(loaded, output_of(given));
         }}};
}

std::vector<Row> credential_rows() {
    return {{.words = {"key", "create"},
             .summary = "Mint an API key",
             .flags = {organization_flag(), required(text_flag("name", "Shown in lists")), scope_flag()},
             .json = true,
             .run = run_key_create},
            {.words = {"key", "list"},
             .summary = "List an organization's API keys",
             .flags = {organization_flag()},
             .json = true,
             .run =
                 [](const LoadedConfig& loaded, const Invocation& given) {
                     return list_keys(loaded.config, required_text(given, "organization"), output_of(given));
                 }},
            {.words = {"key", "revoke"},
             .summary = "Revoke an API key",
             .operand = "KEY_ID",
             .wanted = "Name one key",
             .run = [](const LoadedConfig& loaded, const Invocation& given) {
                 return revoke_key(loaded.config, given.operands.front());
             }}};
}

/// What the settings of the flags, the environment and a file come to.
Result<LoadedConfig> config_of(const Invocation& given) {
    ConfigSources sources;
    for (const Flag& flag : setting_flags())
        if (const auto text = given.value(flag.name))
            sources.flags[flag.property] = *text;
    const char* from_environment = std::getenv("LANDFALL_CONFIG"); // NOLINT(concurrency-mt-unsafe): one thread
    sources.file = given.value("config");
    if (!sources.file && from_environment != nullptr && *from_environment != '\0')
        sources.file = from_environment;
    sources.environment = environment();
    return load_config(sources);
}

cli::Entry entry_of(Row row, const std::vector<Flag>& settings) {
    cli::Command command;
    command.words = std::move(row.words);
    command.summary = std::move(row.summary);
    command.usage.clear();
    if (!row.operand.empty()) {
        command.operands = {row.operand_is_optional ? 0U : 1U, 1, std::move(row.wanted)};
        command.usage = row.operand_is_optional ? "[" + row.operand + "] " : row.operand + " ";
    }
    for (const Flag& flag : row.flags)
        if (flag.required)
            command.usage += fmt::format("--{} TEXT ", flag.name);
    command.usage += "[flags]";
    command.flags = std::move(row.flags);
    if (row.json)
        command.own_flags.push_back(cli::make_flag("json", FlagType::Boolean, "Print JSON for programs"));
    command.own_flags.push_back(text_flag("config", "TOML file with settings; else LANDFALL_CONFIG"));
    command.own_flags.push_back(cli::help_flag());
    std::ranges::copy(settings, std::back_inserter(command.own_flags));
    return {std::move(command), [run = std::move(row.run)](const Invocation& given) {
                const auto loaded = config_of(given);
                return loaded ? run(*loaded, given) : report_failure(loaded.error());
            }};
}

cli::Entry openapi_entry() {
    cli::Command command;
    command.words = {"openapi"};
    command.summary = "Print the OpenAPI document";
    command.own_flags = {cli::help_flag()};
    return {std::move(command), [](const Invocation& /*given*/) { return print_openapi(); }};
}

} // namespace

std::optional<StartedLauncher> launcher_for(std::span<char*> arguments) {
    constexpr std::string_view kLauncher = "landfall-launcher";
    if (!arguments.empty() && arguments.front() == kLauncher)
        jobs::become_launcher(worker_program());
    constexpr std::array<std::string_view, 3> kCommands{"serve", "worker", "doctor"};
    const std::string_view command = arguments.size() > 1 ? arguments[1] : "";
    if (std::find(kCommands.begin(), kCommands.end(), command) == kCommands.end())
        return std::nullopt;
    const auto flags = arguments.subspan(2);
    const auto end = std::find(flags.begin(), flags.end(), std::string_view("--"));
    if (std::any_of(flags.begin(), end, cli::asks_for_help))
        return std::nullopt;
    auto program = worker_program();
    program.warm_up = [flags, warm_up = std::move(program.warm_up)] {
        for (char* flag : flags)
            ::explicit_bzero(flag, std::strlen(flag));
        warm_up();
    };
    return jobs::Launcher::start(std::move(program), {"/proc/self/exe", std::string(kLauncher)});
}

std::vector<cli::Entry> server_commands(std::optional<StartedLauncher>& launcher) {
    const auto settings = setting_flags();
    std::vector<cli::Entry> entries;
    for (const auto& rows :
         {process_rows(launcher), upkeep_rows(), lifecycle_rows(), organization_set_rows(), organization_account_rows(),
          credential_rows(), user_rows(), member_rows(), stac_rows(), sign_in_rows(), audit_rows()})
        for (const Row& row : rows)
            entries.push_back(entry_of(row, settings));
    entries.push_back(openapi_entry());
    return entries;
}

} // namespace landfall::app
