#include "app/commands.hpp"
#include "cli/client.hpp"
#include "cli/completion.hpp"

#include <gtest/gtest.h>

#include <set>

namespace landfall::app {
namespace {

std::vector<cli::Entry> entries() {
    static std::optional<StartedLauncher> none;
    return server_commands(none);
}

const cli::Command& command(const std::vector<cli::Entry>& all, const std::string& title) {
    for (const auto& entry : all)
        if (entry.command.title() == title)
            return entry.command;
    ADD_FAILURE() << title;
    return all.front().command;
}

Result<cli::Invocation> parse(const std::string& title, const std::vector<std::string>& words) {
    const auto all = entries();
    return cli::parse_command_line(command(all, title), words, [](const std::string& file) -> Result<std::string> {
        return fail(Code::Internal, file);
    });
}

std::optional<StartedLauncher> launcher_of(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    return launcher_for(arguments);
}

TEST(Commands, EachHasASummaryAndParsesItsOwnHelp) {
    for (const auto& [command, run] : entries()) {
        EXPECT_FALSE(command.summary.empty()) << command.title();
        const auto parsed = parse(command.title(), {"--help"});
        ASSERT_TRUE(parsed) << command.title();
        EXPECT_TRUE(parsed->help) << command.title();
        EXPECT_NE(cli::help_text(command).find("Usage: landfall " + command.title()), std::string::npos);
    }
}

TEST(Commands, NoFlagIsThereTwiceAndWhatAFlagNeedsExists) {
    for (const auto& [command, run] : entries()) {
        std::set<std::string> names;
        for (const auto* list : {&command.flags, &command.own_flags}) {
            for (const auto& flag : *list) {
                EXPECT_TRUE(names.insert(flag.name).second) << command.title() << " --" << flag.name;
                EXPECT_EQ(flag.name.find('_'), std::string::npos) << flag.name;
                EXPECT_TRUE(flag.needs.empty() || command.find(flag.needs) != nullptr) << flag.name;
            }
        }
    }
}

TEST(Commands, NoCommandIsCalledLikeOneOfTheClient) {
    std::set<std::string> titles;
    for (const auto& entry : entries())
        EXPECT_TRUE(titles.insert(entry.command.title()).second) << entry.command.title();
    for (const auto& entry : cli::client_commands(operations::make_registry()))
        EXPECT_TRUE(titles.insert(entry.command.title()).second) << entry.command.title();
}

TEST(Commands, EverySettingIsAFlagOfEachThatNeedsTheData) {
    const auto all = entries();
    for (const auto& entry : all) {
        if (entry.command.title() == "openapi")
            continue;
        for (const auto& [name, schema] : setting_schemas()) {
            std::string flag = name;
            std::replace(flag.begin(), flag.end(), '_', '-');
            ASSERT_NE(entry.command.find(flag), nullptr) << entry.command.title() << " --" << flag;
            EXPECT_EQ(entry.command.find(flag)->property, name);
        }
        EXPECT_NE(entry.command.find("config"), nullptr);
    }
}

TEST(Commands, ASettingTakesAnyTextSoThatAllFaultsAreToldTogether) {
    const auto parsed = parse("serve", {"--data", "", "--log-level=shout", "--limits.tiles_per_minute", "many"});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->value("data"), "");
    EXPECT_EQ(parsed->value("log-level"), "shout");
    EXPECT_EQ(parsed->value("limits.tiles-per-minute"), "many");
}

TEST(Commands, WhatIsMissingIsTold) {
    EXPECT_EQ(parse("key create", {}).error().message, "--organization, --name are missing");
    EXPECT_EQ(parse("quota set", {"--organization", "o"}).error().message,
              "Say how much: landfall quota set BYTES|10GiB|unlimited --organization TEXT [flags]");
    EXPECT_EQ(parse("key revoke", {"key_1", "key_2"}).error().message,
              "Name one key: landfall key revoke KEY_ID [flags]");
    EXPECT_EQ(parse("user create", {"--email", "a@b", "--password", "p", "--role", "admin"}).error().message,
              "--role requires --organization");
}

TEST(Commands, ScopesMayBeRepeated) {
    const auto parsed = parse("key create", {"--organization", "o", "--name", "n", "--scope", "a:b", "--scope=c:d"});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->input["scope"].dump(), R"(["a:b","c:d"])");
}

TEST(Commands, CompletionListsThemWithTheirFlags) {
    std::vector<cli::Command> all;
    for (const auto& entry : entries())
        all.push_back(entry.command);
    const auto script = cli::completion_script("bash", all);
    ASSERT_TRUE(script);
    for (const char* part :
         {"words=\"audit auth backup config doctor init key lifecycle member migrate openapi organization "
          "project quota restore serve stac standing storage sweep user worker\"",
          "\"key\") words=\"create list revoke\"", "--metrics-listen", "--limits.tiles-per-minute",
          "\"user create:--role\") words=\"owner admin member\""})
        EXPECT_NE(script->find(part), std::string::npos) << part;
}

TEST(Commands, OnlyOneThatRunsWorkersStartsTheirLauncherAndNoneThatPrintsItsHelp) {
    EXPECT_FALSE(launcher_of({"landfall"}));
    EXPECT_FALSE(launcher_of({"landfall", "sweep"}));
    EXPECT_FALSE(launcher_of({"landfall", "serve", "--help"}));
    EXPECT_FALSE(launcher_of({"landfall", "worker", "--data", "x", "-h"}));
    const auto started = launcher_of({"landfall", "doctor", "--data", "x", "--", "--help"});
    ASSERT_TRUE(started);
    EXPECT_TRUE(started->has_value());
}

} // namespace
} // namespace landfall::app
