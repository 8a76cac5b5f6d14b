#include "cli/client.hpp"
#include "cli/completion.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace landfall::cli {
namespace {

std::string script(std::string_view shell) {
    static const auto registry = operations::make_registry();
    static const auto commands = [] {
        Program program("", "", {});
        program.add("", client_commands(registry));
        return program.commands();
    }();
    return completion_script(shell, commands).value_or("");
}

/// What bash offers for words of a command line, the last of which is being typed.
std::string offered(const std::string& words, int count) {
    const std::string program = script("bash") + "\nCOMP_WORDS=(" + words +
                                "); COMP_CWORD=" + std::to_string(count - 1) + "; _landfall; echo \"${COMPREPLY[*]}\"";
    std::string pattern = "/tmp/landfall-completion-XXXXXX";
    const int descriptor = mkstemp(pattern.data());
    std::FILE* file = fdopen(descriptor, "w");
    std::fwrite(program.data(), 1, program.size(), file);
    std::fclose(file);
    std::FILE* shell =
        popen(("bash --norc " + pattern + " 2>&1").c_str(), "r"); // NOLINT(cert-env33-c): a fixed program
    std::string out(4096, '\0');
    out.resize(std::fread(out.data(), 1, out.size(), shell));
    pclose(shell);
    std::remove(pattern.c_str());
    return out;
}

TEST(Completion, BashOffersCommandsThenWordsThenFlags) {
    EXPECT_EQ(offered("landfall upl", 2), "upload uploads\n");
    EXPECT_EQ(offered("landfall uploads in", 3), "initiate\n");
    EXPECT_EQ(offered("landfall uploads initiate --proj", 4), "--project-id\n");
    EXPECT_EQ(offered("landfall uploads initiate --project-id x --file", 6), "--file-count\n");
    EXPECT_EQ(offered("landfall upload a.tif --para", 4), "--parallel\n");
    EXPECT_EQ(offered("landfall completion z", 3), "zsh\n");
}

TEST(Completion, BashOffersTheValuesOfAFlag) {
    EXPECT_EQ(offered("landfall uploads initiate --transfer-method c", 5), "cli cloud_transfer\n");
}

TEST(Completion, ZshAndFishNameEveryCommand) {
    EXPECT_TRUE(script("zsh").starts_with("#compdef landfall"));
    EXPECT_NE(script("zsh").find("\"uploads initiate\""), std::string::npos);
    EXPECT_NE(script("fish").find("'__landfall_at uploads initiate' -l project-id -r"), std::string::npos);
    EXPECT_NE(script("fish").find("-l transfer-method -x -a 'browser cli cloud_transfer signed_url'"),
              std::string::npos);
}

TEST(Completion, AnotherShellIsRefused) {
    EXPECT_EQ(script("tcsh"), "");
}

} // namespace
} // namespace landfall::cli
