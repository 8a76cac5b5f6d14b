#include "app/admin.hpp"
#include "app/config.hpp"
#include "app/runtime.hpp"
#include "app/serve.hpp"
#include "cli/client.hpp"
#include "operations/registry.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

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
        std::vector<std::string> reversed(args.rbegin(), args.rend());
        try {
            app_.parse(reversed);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? 0 : 2;
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
    static void add_commands(std::vector<cli::Command>& all, const CLI::App& at, const std::vector<std::string>& words);

    /// Adds the settings to a command and runs `action` with what they come to.
    void with_config(CLI::App* command, std::function<int(const app::LoadedConfig&)> action) {
        auto& values = flag_values_.emplace_back();
        const auto schema = schema::json_schema<app::Config>();
        for (const auto& [name, property] : schema["properties"].members())
            if (property["type"].as_view() != "object")
                add_setting(command, values, name, property["description"].as_string());
        const auto limits = schema::json_schema<domain::Limits>();
        for (const auto& [name, property] : limits["properties"].members())
            add_setting(command, values, "limits." + name, property["description"].as_string());
        command->add_option("--config", config_file_, "TOML file with settings");
        command->callback([this, &values, action = std::move(action)] {
            action_ = [this, &values, action] {
                app::ConfigSources sources;
                for (const auto& [name, text] : values)
                    if (!text.empty())
                        sources.flags[name] = text;
                const char* from_environment =
                    std::getenv("LANDFALL_CONFIG"); // NOLINT(concurrency-mt-unsafe): one thread
                if (!config_file_.empty())
                    sources.file = config_file_;
                else if (from_environment != nullptr)
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
        command->add_option(flag, values[name], text)->group(name.starts_with("limits.") ? "Limits" : "Settings");
    }

    app::StartedLauncher launcher() {
        return launcher_ ? *std::exchange(launcher_, {}) : jobs::Launcher::start(app::worker_program());
    }

    void add_json_flag(CLI::App* command) { command->add_flag("--json", json_, "Print JSON"); }
    app::Output output() const { return json_ ? app::Output::Json : app::Output::Text; }

    void add_server_commands();
    void add_organization_commands();
    void add_upkeep_commands();

    CLI::App app_{"Landfall: a self-hosted platform for earth imagery", "landfall"};
    std::optional<app::StartedLauncher> launcher_;
    std::deque<std::map<std::string, std::string>> flag_values_;
    std::string config_file_;
    std::function<int()> action_;
    bool json_ = false;
    app::InitRequest init_;
    std::string init_email_, init_password_;
    app::KeyRequest key_;
    app::UserRequest user_;
    std::string organization_, amount_, key_id_;
    std::int64_t grace_ = 3600;
};

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
    init->add_option("--organization", init_.organization, "Name of the organization");
    init->add_option("--project", init_.project, "Name of the project");
    init->add_option("--email", init_email_, "Of the owner; the organization's own, or a new one, if absent");
    init->add_option("--password", init_password_, "Of the first user; a random one if absent");
    add_json_flag(init);
    with_config(init, [this](const app::LoadedConfig& loaded) {
        if (!init_email_.empty())
            init_.email = init_email_;
        if (!init_password_.empty())
            init_.password = init_password_;
        return app::init(loaded.config, init_, output());
    });
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
    add->add_option("--organization", user_.organization, "Id or slug to join");
    add->add_option("--role", user_.role, "owner, admin or member");
    add_json_flag(add);
    with_config(add,
                [this](const app::LoadedConfig& loaded) { return app::create_user(loaded.config, user_, output()); });
    auto* users = user->add_subcommand("list", "List users");
    add_json_flag(users);
    with_config(users, [this](const app::LoadedConfig& loaded) { return app::list_users(loaded.config, output()); });
}

void CommandLine::add_upkeep_commands() {
    auto* sweep = app_.add_subcommand("sweep", "Remove what nothing refers to, end idle sessions");
    sweep->add_option("--grace", grace_, "Leave alone what is younger, seconds")->check(CLI::NonNegativeNumber);
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
