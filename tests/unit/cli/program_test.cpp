#include "cli/program.hpp"
#include "unit/cli/captured_terminal.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

Entry entry(std::vector<std::string> words, int exit_code) {
    Command command;
    command.words = std::move(words);
    command.summary = "Says " + std::to_string(exit_code);
    command.own_flags = {help_flag()};
    return {std::move(command), [exit_code](const Invocation&) { return exit_code; }};
}

struct ProgramOf : ::testing::Test {
    testing::CapturedTerminal terminal;
    Program program{"A program of tests", "landfall 1.2.3", terminal.surroundings().terminal};

    ProgramOf() {
        program.add("Server commands",
                    {entry({"serve"}, 10), entry({"key", "create"}, 11), entry({"key", "list"}, 12)});
        program.add("Client commands", {entry({"items", "list"}, 13), entry({"items", "list", "all"}, 14)});
    }
    int run(const std::vector<std::string>& args) const { return program.run(args); }
    bool says(std::string_view text) const { return terminal.err().find(text) != std::string::npos; }
    bool prints(std::string_view text) const { return terminal.out().find(text) != std::string::npos; }
};

TEST_F(ProgramOf, TheLongestCommandThatTheWordsNameRuns) {
    EXPECT_EQ(run({"serve"}), 10);
    EXPECT_EQ(run({"key", "create"}), 11);
    EXPECT_EQ(run({"items", "list"}), 13);
    EXPECT_EQ(run({"items", "list", "all"}), 14);
}

TEST_F(ProgramOf, WithoutWordsTheHelpOfThatLevelIsToldAndTheExitCodeIs2) {
    EXPECT_EQ(run({}), 2);
    EXPECT_TRUE(says("Usage: landfall COMMAND"));
    EXPECT_EQ(run({"key"}), 2);
    EXPECT_TRUE(says("Usage: landfall key COMMAND"));
    EXPECT_TRUE(says("key create"));
    EXPECT_EQ(terminal.out(), "");
}

TEST_F(ProgramOf, HelpExistsAtEveryLevel) {
    for (const char* word : {"--help", "-h", "help"}) {
        EXPECT_EQ(run({word}), 0);
        EXPECT_EQ(run({"key", word}), 0);
    }
    EXPECT_EQ(run({"key", "create", "--help"}), 0);
    EXPECT_TRUE(prints("A program of tests\n\nUsage: landfall COMMAND [flags]\n\nServer commands:\n  serve "));
    EXPECT_TRUE(prints("Usage: landfall key COMMAND"));
    EXPECT_TRUE(prints("Usage: landfall key create [flags]"));
    EXPECT_EQ(terminal.err(), "");
}

TEST_F(ProgramOf, TheVersionIsPrinted) {
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_EQ(terminal.out(), "landfall 1.2.3\n");
}

TEST_F(ProgramOf, AWordThatIsNoCommandIsToldWithTheNearestOne) {
    EXPECT_EQ(run({"serv"}), 2);
    EXPECT_TRUE(says("landfall: There is no command 'serv'; did you mean 'serve'?\n"));
    EXPECT_EQ(run({"key", "crate"}), 2);
    EXPECT_TRUE(says("There is no command 'crate'; did you mean 'create'?\n  key create"));
    EXPECT_EQ(run({"nonsense"}), 2);
    EXPECT_TRUE(says("There is no command 'nonsense'; landfall --help lists them\n"));
    EXPECT_EQ(run({"key", "\x1b[2J"}), 2);
    EXPECT_FALSE(says("\x1b"));
}

TEST_F(ProgramOf, AFlagBeforeTheCommandIsRefused) {
    EXPECT_EQ(run({"--data", "x", "serve"}), 2);
    EXPECT_TRUE(says("There is no flag --data here; see landfall --help"));
    EXPECT_EQ(run({"key", "--json"}), 2);
    EXPECT_TRUE(says("There is no flag --json here; see landfall key --help"));
    EXPECT_EQ(run({"--versio"}), 2);
    EXPECT_TRUE(says("There is no flag --versio here; did you mean --version?"));
    EXPECT_EQ(run({"key", "--versio"}), 2);
    EXPECT_TRUE(says("There is no flag --versio here; see landfall key --help"));
}

TEST_F(ProgramOf, CompletionKnowsEveryCommandAndItself) {
    EXPECT_EQ(program.commands().size(), 6U);
    EXPECT_EQ(run({"completion", "bash"}), 0);
    for (const char* place : {"\"\") words=\"completion items key serve\"", "\"key\") words=\"create list\""})
        EXPECT_TRUE(prints(place)) << place;
    EXPECT_EQ(run({"completion", "tcsh"}), 2);
    EXPECT_EQ(run({"completion"}), 2);
    EXPECT_TRUE(says("Name one shell: landfall completion bash|zsh|fish"));
}

} // namespace
} // namespace landfall::cli
