#include "app/admin.hpp"
#include "app/config.hpp"
#include "app/runtime.hpp"
#include "app/serve.hpp"
#include "cli/client.hpp"
#include "cli/suggestion.hpp"
#include "operations/registry/registry.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace {

using namespace landfall;

/// What is wrong with a number of seconds; nothing if it is one. A few decades bound the arithmetic.
std::string seconds_fault(const std::string& text) {
    constexpr std::int64_t kMost = 1'000'000'000;
    std::int64_t seconds = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds <= kMost)
        return {};
    return fmt::format("'{}' is no number of seconds from 0 to {}", text, kMost);
}

/// The server-side command line: every setting is a flag of every command that needs the data.
class CommandLine {
public:
    explicit CommandLine(std::optional<app::StartedLauncher> launcher = {}) : launcher_(std::move(launcher)) {
        app_.require_subcommand(1);
        app_.set_version_flag("--version", std::string("landfall ") + LANDFALL_VERSION);
        add_server_commands();
        add_organization_commands();
        add_upkeep_commands();
    }

    int run(const std::vector<std::string>& args, const std::vector<std::pair<std::string, std::string>>& client) {
        std::string footer = "\nClient commands (LANDFALL_URL, LANDFALL_TOKEN):\n";
        for (const auto& [name, summary] : client)
            footer += fmt::format("  {:<34} {}\n", name, summary);
        app_.footer(footer);
        if (args.size() == 1 && args.front() == "help") {
            fmt::print("{}", app_.help());
            return 0;
        }
        if (const auto refused = refuse_unknown_command(args, client))
            return *refused;
        std::vector<std::string> reversed(args.rbegin(), args.rend());
        try {
            app_.parse(reversed);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0)
                return app_.exit(error); // --help and --version
            fmt::print(stderr, "landfall: {}\nRun with --help for more information.\n", error.what());
            return 2;
        }
        return action_ ? action_() : 2;
    }

    /// Every command, for completion.
    std::vector<cli::Command> commands() const {
        std::vector<cli::Command> all;
        add_commands(all, app_, {});
        return all;
    }

private:
    /// Exit code 2 after naming the word that stands for no command; nothing if the words lead to one. Without words
    /// the help is shown.
    std::optional<int> refuse_unknown_command(const std::vector<std::string>& args,
                                              const std::vector<std::pair<std::string, std::string>>& client) const;
    static void add_commands(std::vector<cli::Command>& all, const CLI::App& at, const std::vector<std::string>& words);

    /// Adds the settings to a command and runs `action` with what they come to.
    void with_config(CLI::App* command, std::function<int(const app::LoadedConfig&)> action) {
        auto& values = flag_values_.emplace_back(); // of the flags that are given
        const auto schema = schema::json_schema<app::Config>();
        for (const auto& [name, property] : schema["properties"].members())
            if (property["type"].as_view() != "object")
                add_setting(command, values, name, property["description"].as_string());
        const auto limits = schema::json_schema<domain::Limits>();
        for (const auto& [name, property] : limits["properties"].members())
            add_setting(command, values, "limits." + name, property["description"].as_string());
        add_text(command, "--config", config_file_, "TOML file with settings");
        command->callback([this, &values, action = std::move(action)] {
            action_ = [this, &values, action] {
                app::ConfigSources sources;
                sources.flags = values;
                const char* from_environment =
                    std::getenv("LANDFALL_CONFIG"); // NOLINT(concurrency-mt-unsafe): one thread
                sources.file = config_file_;
                if (!sources.file && from_environment != nullptr && *from_environment != '\0')
                    sources.file = from_environment;
                sources.environment = app::environment();
                const auto loaded = app::load_config(sources);
                if (!loaded) {
                    fmt::print(stderr, "landfall: {}\n", loaded.error().message);
                    return 2;
                }
                return action(*loaded);
            };
        });
    }

    static void add_setting(CLI::App* command, std::map<std::string, std::string>& values, const std::string& name,
                            const std::string& text) {
        std::string flag = "--" + name;
        std::replace(flag.begin(), flag.end(), '_', '-');
        add_flag(command, flag, text, [&values, name](const std::string& value) {
            values[name] = value;
        })->group(name.starts_with("limits.") ? "Limits" : "Settings");
    }

    app::StartedLauncher launcher() {
        return launcher_ ? *std::exchange(launcher_, {}) : jobs::Launcher::start(app::worker_program());
    }

    /// A flag whose text, empty as well, goes to `take` if it is given.
    static CLI::Option* add_flag(CLI::App* command, const std::string& flag, const std::string& text,
                                 std::function<void(const std::string&)> take) {
        const CLI::callback_t callback = [take = std::move(take)](const CLI::results_t& words) {
            take(words.back());
            return true;
        };
        return command->add_option(flag, callback, text)->type_name("TEXT");
    }
    /// A flag that may be absent, which is not the same as empty.
    static CLI::Option* add_text(CLI::App* command, const std::string& flag, std::optional<std::string>& value,
                                 const std::string& text) {
        return add_flag(command, flag, text, [&value](const std::string& given) { value = given; });
    }
    void add_json_flag(CLI::App* command) { command->add_flag("--json", json_, "Print JSON"); }
    app::Output output() const { return json_ ? app::Output::Json : app::Output::Text; }

    void add_server_commands();
    void add_organization_commands();
    void add_upkeep_commands();

    CLI::App app_{"Landfall: a self-hosted platform for earth imagery", "landfall"};
    std::optional<app::StartedLauncher> launcher_;
    std::deque<std::map<std::string, std::string>> flag_values_;
    std::optional<std::string> config_file_;
    std::function<int()> action_;
    bool json_ = false;
    app::InitRequest init_;
    app::KeyRequest key_;
    app::UserRequest user_;
    std::string organization_, amount_, key_id_;
    std::int64_t grace_ = 3600;
};

const CLI::App* command_named(const std::vector<const CLI::App*>& commands, const std::string& word) {
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const CLI::App* command) { return command->get_name() == word; });
    return found == commands.end() ? nullptr : *found;
}

void complain_of_command(const std::string& word, const std::vector<std::string>& known) {
    const std::string meant = cli::nearest(word, known);
    fmt::print(stderr, "landfall: There is no command '{}'; {}\n", cli::printable(word),
               meant.empty() ? "landfall --help lists them" : fmt::format("did you mean '{}'?", meant));
}

std::optional<int>
CommandLine::refuse_unknown_command(const std::vector<std::string>& args,
                                    const std::vector<std::pair<std::string, std::string>>& client) const {
    const CLI::App* at = &app_;
    std::string path;
    for (const auto& word : args) {
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        if (word.starts_with("-") || commands.empty())
            return std::nullopt;
        const CLI::App* next = command_named(commands, word);
        if (next == nullptr) {
            std::vector<std::string> known;
            known.reserve(commands.size() + client.size());
            for (const CLI::App* command : commands)
                known.push_back(command->get_name());
            for (const auto& [name, summary] : client)
                if (at == &app_)
                    known.push_back(name.substr(0, name.find(' ')));
            complain_of_command(word, known);
            return 2;
        }
        path += (path.empty() ? "" : " ") + at->get_name();
        at = next;
    }
    if (at->get_require_subcommand_min() == 0)
        return std::nullopt;
    fmt::print(stderr, "{}", at->help(path));
    return 2;
}

cli::Flag flag_of(const CLI::Option& option) {
    cli::Flag flag;
    flag.name = flag.property = option.get_lnames().front();
    flag.type = option.get_items_expected_max() == 0 ? cli::FlagType::Boolean : cli::FlagType::String;
    flag.summary = option.get_description();
    return flag;
}

void CommandLine::add_commands(std::vector<cli::Command>& all, const CLI::App& at,
                               const std::vector<std::string>& words) {
    const auto inner = at.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* command : inner) {
        std::vector<std::string> longer = words;
        longer.push_back(command->get_name());
        add_commands(all, *command, longer);
    }
    if (!inner.empty())
        return;
    cli::Command command;
    command.words = words;
    command.summary = at.get_description();
    for (const CLI::Option* option : at.get_options()) {
        if (option->get_positional())
            command.operands = cli::Operands::Text;
        else if (!option->get_lnames().empty())
            command.own_flags.push_back(flag_of(*option));
    }
    all.push_back(std::move(command));
}

void CommandLine::add_server_commands() {
    auto* serve = app_.add_subcommand("serve", "Serve the API until SIGTERM");
    with_config(serve, [this](const app::LoadedConfig& loaded) { return app::serve(loaded.config, launcher()); });
    auto* worker = app_.add_subcommand("worker", "Run jobs of the catalog without listening");
    with_config(worker, [this](const app::LoadedConfig& loaded) { return app::work(loaded.config, launcher()); });
    auto* init = app_.add_subcommand("init", "Create organization, project, user and API key where they are missing");
    add_text(init, "--organization", init_.organization, "Its name; if absent, the first organization that there is");
    add_text(init, "--project", init_.project, "Its name; if absent, the first project of the organization");
    add_text(init, "--email", init_.email, "Of the owner; if absent, the organization's own, or a new one");
    add_text(init, "--password", init_.password, "Of the first user; if absent, a random one");
    add_json_flag(init);
    with_config(init, [this](const app::LoadedConfig& loaded) { return app::init(loaded.config, init_, output()); });
}

void CommandLine::add_organization_commands() {
    auto* quota = app_.add_subcommand("quota", "Storage quotas")->require_subcommand(1);
    auto* set = quota->add_subcommand("set", "Set an organization's storage quota");
    set->add_option("--organization", organization_, "Id or slug")->required();
    set->add_option("amount", amount_, "Bytes, 10GiB, or unlimited")->required();
    with_config(
        set, [this](const app::LoadedConfig& loaded) { return app::set_quota(loaded.config, organization_, amount_); });

    auto* standing = app_.add_subcommand("standing", "Standing of subscriptions")->require_subcommand(1);
    auto* stand = standing->add_subcommand("set", "Say whether an organization's subscription is past due");
    stand->add_option("--organization", organization_, "Id or slug")->required();
    stand->add_option("standing", amount_, "good or past-due")->required();
    with_config(stand, [this](const app::LoadedConfig& loaded) {
        return app::set_standing(loaded.config, organization_, amount_);
    });

    auto* key = app_.add_subcommand("key", "API keys")->require_subcommand(1);
    auto* create = key->add_subcommand("create", "Mint a key");
    create->add_option("--organization", key_.organization, "Id or slug")->required();
    create->add_option("--name", key_.name, "Shown in lists")->required();
    create->add_option("--scope", key_.scopes, "May be repeated; every scope but admin:* if absent");
    add_json_flag(create);
    with_config(create,
                [this](const app::LoadedConfig& loaded) { return app::create_key(loaded.config, key_, output()); });
    auto* list = key->add_subcommand("list", "List an organization's keys");
    list->add_option("--organization", organization_, "Id or slug")->required();
    add_json_flag(list);
    with_config(list, [this](const app::LoadedConfig& loaded) {
        return app::list_keys(loaded.config, organization_, output());
    });
    auto* revoke = key->add_subcommand("revoke", "Revoke a key");
    revoke->add_option("key_id", key_id_, "key_…")->required();
    with_config(revoke, [this](const app::LoadedConfig& loaded) { return app::revoke_key(loaded.config, key_id_); });

    auto* user = app_.add_subcommand("user", "Users")->require_subcommand(1);
    auto* add = user->add_subcommand("create", "Create a user");
    add->add_option("--email", user_.email)->required();
    add->add_option("--password", user_.password)->required();
    auto* joined = add_text(add, "--organization", user_.organization, "Id or slug to join");
    add->add_option("--role", user_.role, "owner, admin or member")->needs(joined);
    add_json_flag(add);
    with_config(add,
                [this](const app::LoadedConfig& loaded) { return app::create_user(loaded.config, user_, output()); });
    auto* users = user->add_subcommand("list", "List users");
    add_json_flag(users);
    with_config(users, [this](const app::LoadedConfig& loaded) { return app::list_users(loaded.config, output()); });
}

void CommandLine::add_upkeep_commands() {
    auto* sweep = app_.add_subcommand("sweep", "Remove what nothing refers to, end idle sessions");
    sweep->add_option("--grace", grace_, "Leave alone what is younger, seconds")->check(seconds_fault);
    add_json_flag(sweep);
    with_config(sweep, [this](const app::LoadedConfig& loaded) { return app::sweep(loaded.config, grace_, output()); });
    with_config(app_.add_subcommand("migrate", "Bring the catalog's schema up to date"),
                [](const app::LoadedConfig& loaded) { return app::migrate(loaded.config); });
    with_config(app_.add_subcommand("doctor", "Check catalog, store and sandbox"),
                [](const app::LoadedConfig& loaded) { return app::doctor(loaded.config); });
    auto* config = app_.add_subcommand("config", "Settings")->require_subcommand(1);
    auto* print = config->add_subcommand("print", "Every setting with its source");
    add_json_flag(print);
    with_config(print, [this](const app::LoadedConfig& loaded) { return app::print_config(loaded, output()); });
    app_.add_subcommand("openapi", "Print the OpenAPI document")->callback([this] { action_ = app::print_openapi; });
}

/// The launcher of a command that needs one. It forgets the flags, which may hold the database's password.
std::optional<app::StartedLauncher> launcher_for(std::span<char*> arguments) {
    const std::string_view command = arguments.size() > 1 ? arguments[1] : "";
    if (command != "serve" && command != "worker")
        return std::nullopt;
    auto program = app::worker_program();
    program.warm_up = [flags = arguments.subspan(2), warm_up = std::move(program.warm_up)] {
        for (char* flag : flags)
            ::explicit_bzero(flag, std::strlen(flag));
        warm_up();
    };
    return jobs::Launcher::start(std::move(program));
}

} // namespace

int main(int argc, char** argv) {
    auto launcher = launcher_for({argv, static_cast<std::size_t>(argc)});
    const std::vector<std::string> args(argv + 1, argv + argc);
    const auto registry = landfall::operations::make_registry();
    if (const auto exit_code = landfall::cli::run_client(args, registry, [] { return CommandLine().commands(); }))
        return *exit_code;
    return CommandLine(std::move(launcher)).run(args, landfall::cli::client_commands(registry));
}
