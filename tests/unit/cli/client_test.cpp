#include "unit/cli/transfer/transfer_fixture.hpp"

namespace landfall::cli {
namespace {

using Client = testing::TransferFixture;

TEST_F(Client, AnOperationsCommandCallsItAndPrintsTheAnswer) {
    EXPECT_EQ(run({"items", "list-assets", "--item-id", "it_1"}), 0);
    EXPECT_EQ(terminal.out(), "[]\n");
    EXPECT_EQ(run({"visualization", "profiles", "list", "--item-id", "it_1"}), 0);
    EXPECT_EQ(server.last("visualization.profiles.list")->input["item_id"].as_view(), "it_1");
    EXPECT_EQ(run({"api_keys", "list"}), 0);
    EXPECT_EQ(server.count("api_keys.list"), 1U);
}

TEST_F(Client, FlagsBeatTheEnvironment) {
    terminal.environment["LANDFALL_URL"] = "http://127.0.0.1:1";
    EXPECT_EQ(run({"api-keys", "list", "--url", server.url + "/", "--token", "other"}), 0) << terminal.err();
    EXPECT_EQ(server.last("api_keys.list")->authorization, "Bearer other");
}

TEST_F(Client, AnIdempotencyKeyIsSent) {
    EXPECT_EQ(run({"uploads", "initiate", "--project-id", "p", "--idempotency-key", "k1"}), 0);
    EXPECT_EQ(server.last("uploads.initiate")->idempotency_key, "k1");
}

TEST_F(Client, OpCallsAnyOperationWithGivenJson) {
    EXPECT_EQ(run({"op", "future.thing", R"({"a":1})"}), 0);
    EXPECT_EQ(terminal.out(), "{\"echo\":{\"a\":1}}\n");
    EXPECT_EQ(run({"op", "future.thing"}), 0);
    EXPECT_EQ(server.last("future.thing")->input.dump(), "{}");
    EXPECT_EQ(run({"op", "future.thing", "@" + write("in.json", R"({"b":2})")}), 0);
    EXPECT_EQ(server.last("future.thing")->input.dump(), R"({"b":2})");
}

TEST(ClientInput, OpReadsStandardInput) {
    testing::FakeLandfall server;
    testing::CapturedTerminal terminal(R"({"c":3})");
    const auto registry = operations::make_registry();
    EXPECT_EQ(
        testing::run_client({"op", "x.y", "-", "--url", server.url, "--token", "t"}, registry, terminal.surroundings()),
        0);
    EXPECT_EQ(server.last("x.y")->input.dump(), R"({"c":3})");
}

TEST_F(Client, WhatIsNoJsonIsRefusedHere) {
    EXPECT_EQ(run({"op", "x.y", "{"}), 2);
    EXPECT_EQ(run({"op"}), 2);
    EXPECT_EQ(run({"op", "x.y", "@" + path("nothing")}), 1);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Client, BinaryAnswersGoToAFile) {
    server.answers["items.tile.render"] = http::Response::text(200, "image/png", std::string("\x89PNG\0\1", 6));
    EXPECT_EQ(
        run({"items", "tile", "render", "--item-id", "it_1", "--z", "1", "--x", "0", "--y", "0", "-o", path("t.png")}),
        0)
        << terminal.err();
    EXPECT_EQ(read("t.png"), std::string("\x89PNG\0\1", 6));
    EXPECT_EQ(terminal.out(), "");
}

TEST_F(Client, ATerminalGetsIndentedJsonUnlessAskedOtherwise) {
    auto surroundings = terminal.surroundings();
    surroundings.terminal.out_is_terminal = true;
    EXPECT_EQ(testing::run_client({"op", "x.y", R"({"a":[1,2]})"}, registry, surroundings), 0);
    EXPECT_EQ(terminal.out(), "{\n  \"echo\": {\n    \"a\": [1, 2]\n  }\n}\n");
}

TEST_F(Client, RefusalsAreExitCode3AndServerFailures1) {
    server.answers["items.get"] =
        http::Response::text(404, "application/problem+json", R"({"detail":"Item not \u001b[2Jfound"})");
    EXPECT_EQ(run({"items", "get", "--item-id", "x"}), 3);
    EXPECT_EQ(terminal.err(), "landfall: Item not ?[2Jfound\n");
    server.answers["items.get"] = http::Response::text(503, "text/plain", "no");
    EXPECT_EQ(run({"items", "get", "--item-id", "x"}), 1);
    server.answers["items.get"] = http::Response::text(302, "text/html", "elsewhere");
    EXPECT_EQ(run({"items", "get", "--item-id", "x"}), 1);
}

TEST_F(Client, AMissingTokenIsASentenceAndExitCode2) {
    terminal.environment["LANDFALL_TOKEN"] = "";
    EXPECT_EQ(run({"api-keys", "list"}), 2);
    EXPECT_EQ(terminal.err(),
              "landfall: No credentials: run landfall login, set LANDFALL_TOKEN to an API key, or give --token\n");
}

TEST_F(Client, UnfinishedCommandsListTheChoices) {
    EXPECT_EQ(run({"uploads"}), 2);
    EXPECT_NE(terminal.err().find("uploads initiate"), std::string::npos);
    EXPECT_EQ(run({"uploads", "intiate"}), 2);
    EXPECT_NE(terminal.err().find("did you mean 'initiate'?"), std::string::npos);
    EXPECT_EQ(run({"uploads", "--help"}), 0);
    EXPECT_NE(terminal.out().find("uploads signed-url"), std::string::npos);
}

TEST_F(Client, HelpNeedsNoServer) {
    EXPECT_EQ(run({"upload", "--help"}), 0);
    EXPECT_NE(terminal.out().find("--parallel"), std::string::npos);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Client, EveryOperationHasACommandAfterTheOnesMadeByHand) {
    const auto entries = client_commands(registry);
    const auto operations = registry.all();
    ASSERT_GT(entries.size(), operations.size());
    EXPECT_EQ(entries.front().command.title(), "login");
    const std::size_t by_hand = entries.size() - operations.size();
    for (std::size_t i = 0; i < operations.size(); ++i)
        EXPECT_EQ(entries[by_hand + i].command.title(), command_of(*operations[i]).title());
}

TEST_F(Client, AWordTooManyOrTooFewIsToldWithTheUsage) {
    EXPECT_EQ(run({"download"}), 2);
    EXPECT_EQ(terminal.err(), "landfall: Name one item: landfall download ITEM [--asset KEY] [-o FILE]\n");
    EXPECT_EQ(run({"download", "it_1", "it_2"}), 2);
    EXPECT_EQ(run({"upload", "--project", "prj_1"}), 2);
    EXPECT_EQ(run({"op", "a.b", "{}", "{}"}), 2);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Client, AnAssetKeyRequiresAnItem) {
    EXPECT_EQ(run({"upload", "a.tif", "--project", "prj_1", "--asset-key", "data"}), 2);
    EXPECT_EQ(terminal.err(), "landfall: --asset-key requires --item\n");
}

} // namespace
} // namespace landfall::cli
