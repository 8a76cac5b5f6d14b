#include "unit/cli/transfer/transfer_fixture.hpp"

namespace landfall::cli {
namespace {

using Upload = testing::TransferFixture;
using ::testing::Test;

std::string large() {
    std::string bytes(3'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 251);
    return bytes;
}

TEST_F(Upload, SendsEveryFileOfOneSessionAndPrintsTheItems) {
    const auto a = write("a.tif", large());
    const auto b = write("b c.json", "{}");
    ASSERT_EQ(run({"upload", a, b, "--project", "prj_1", "--collection", "col_1", "--categorical", "--parallel", "2"}),
              0)
        << terminal.err();
    EXPECT_EQ(server.stored.at("a.tif"), large());
    EXPECT_EQ(server.stored.at("b c.json"), "{}");
    EXPECT_EQ(terminal.out(), "it_1\nit_2\n");
    const auto* opened = server.last("uploads.initiate");
    ASSERT_NE(opened, nullptr);
    EXPECT_EQ(opened->input["transfer_method"].as_view(), "cli");
    EXPECT_EQ(opened->input["file_count"].as_integer(), 2);
    EXPECT_EQ(opened->input["total_bytes"].as_integer(), 3'000'002);
    EXPECT_EQ(opened->input["target_collection_id"].as_view(), "col_1");
    EXPECT_TRUE(opened->input["is_categorical"].as_bool());
    EXPECT_EQ(opened->authorization, "Bearer gpra_secret");
    EXPECT_FALSE(opened->idempotency_key.empty());
    EXPECT_EQ(server.count("uploads.complete"), 1U);
    EXPECT_EQ(server.count("uploads.fail"), 0U);
}

TEST_F(Upload, PrintsOneObjectForPrograms) {
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1", "--json"}), 0);
    EXPECT_EQ(terminal.out(), "{\"upload_id\":\"u_1\",\"item_ids\":[\"it_1\",\"it_2\"],\"warnings\":[]}\n");
}

TEST_F(Upload, PrintsWhatWasFoundOdd) {
    const Json warning =
        Json::object({{"item_id", "it_1"}, {"file_name", "a.tif"}, {"message", "It has no place.\x1b"}});
    const Json done = Json::object({{"item_ids", Json::array({"it_1"})}, {"warnings", Json::array({warning})}});
    server.answers["uploads.complete"] = http::Response::text(200, "application/json", done.dump());
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 0);
    EXPECT_EQ(terminal.out(), "it_1\n");
    EXPECT_NE(terminal.err().find("landfall: warning: a.tif: It has no place.?\n"), std::string::npos)
        << terminal.err();
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1", "--json"}), 0);
    EXPECT_NE(terminal.out().find(R"("warnings":[{"item_id":"it_1","file_name":"a.tif")"), std::string::npos);
}

TEST_F(Upload, WaitsForAServerThatReadsOnAfterItsFirstAnswer) {
    server.asked_before_read = 2;
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 0) << terminal.err();
    EXPECT_EQ(terminal.out(), "it_1\nit_2\n");
    EXPECT_EQ(server.count("uploads.complete"), 2U);
    EXPECT_GE(server.count("uploads.progress"), 3U);
}

TEST_F(Upload, SendsTheContentTypeThatWasSigned) {
    ASSERT_EQ(run({"upload", write("a.TIF", "x"), "--project", "prj_1"}), 0);
    EXPECT_EQ(server.last("uploads.signed_url")->input["content_type"].as_view(), "image/tiff");
    EXPECT_EQ(server.puts.front().content_type, "image/tiff");
}

TEST_F(Upload, AnExpiredUrlIsSignedAgain) {
    server.put_faults = {403};
    ASSERT_EQ(run({"upload", write("a.tif", large()), "--project", "prj_1"}), 0) << terminal.err();
    ASSERT_EQ(server.puts.size(), 2U);
    EXPECT_NE(server.puts[0].signature, server.puts[1].signature);
    EXPECT_EQ(server.stored.at("a.tif"), large());
}

TEST_F(Upload, ServerFailuresAreTriedAgain) {
    server.put_faults = {500, 503, 429};
    ASSERT_EQ(run({"upload", write("a.tif", large()), "--project", "prj_1"}), 0) << terminal.err();
    EXPECT_EQ(server.puts.size(), 4U);
    EXPECT_EQ(server.stored.at("a.tif"), large());
}

TEST_F(Upload, AFailureThatLastsKeepsTheSessionAndSaysHowToGoOn) {
    server.put_faults = std::deque<int>(20, 500);
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 1);
    EXPECT_EQ(server.puts.size(), 8U);
    EXPECT_EQ(server.count("uploads.fail"), 0U);
    EXPECT_EQ(server.count("uploads.complete"), 0U);
    EXPECT_NE(terminal.err().find("--resume u_1"), std::string::npos) << terminal.err();
}

TEST_F(Upload, GoesOnWithASessionAndSendsOnlyWhatIsMissing) {
    server.answers["uploads.get"] = http::Response::text(
        200, "application/json",
        R"({"id":"u_7","status":"uploading","files":[{"file_name":"a.tif","size":1,"state":"stored"},
            {"file_name":"b.tif","size":9,"state":"stored"},{"file_name":"c.tif","size":1,"state":"open"}]})");
    const auto a = write("a.tif", "x"), b = write("b.tif", "longer"), c = write("c.tif", "z");
    ASSERT_EQ(run({"upload", a, b, c, "--resume", "u_7"}), 0) << terminal.err();
    EXPECT_EQ(server.count("uploads.initiate"), 0U);
    EXPECT_EQ(server.puts.size(), 2U);
    EXPECT_EQ(server.last("uploads.complete")->input["upload_id"].as_view(), "u_7");
}

TEST_F(Upload, OfASessionThatIsCompletedPrintsItsItems) {
    server.answers["uploads.get"] = http::Response::text(200, "application/json", R"({"status":"completed"})");
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--resume", "u_7"}), 0) << terminal.err();
    EXPECT_TRUE(server.puts.empty());
    EXPECT_EQ(terminal.out(), "it_1\nit_2\n");
}

TEST_F(Upload, OfASessionThatFailedSaysSo) {
    server.answers["uploads.get"] =
        http::Response::text(200, "application/json", R"({"status":"failed","error_message":"It was idle."})");
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--resume", "u_7"}), 3);
    EXPECT_NE(terminal.err().find("It was idle. Start a new one"), std::string::npos) << terminal.err();
}

TEST_F(Upload, SaysOfItsItemsWhatTheFilesDidNot) {
    ASSERT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1", "--datetime", "2026-05-17T10:30:00Z", "--name",
                   "Harbour"}),
              0)
        << terminal.err();
    EXPECT_EQ(server.count("items.update"), 2U);
    const Json& change = server.last("items.update")->input;
    EXPECT_EQ(change["datetime"].as_view(), "2026-05-17T10:30:00Z");
    EXPECT_TRUE(change["name"].is_null()); // there are two
    EXPECT_NE(terminal.err().find("--name was not used"), std::string::npos);
}

TEST_F(Upload, TakesAFolderForWhatLiesInIt) {
    std::filesystem::create_directories(folder / "flight" / "deep");
    write("flight/a.tif", "x");
    write("flight/deep/b.tif", "y");
    write("flight/.hidden", "z");
    ASSERT_EQ(run({"upload", (folder / "flight").string(), "--project", "prj_1"}), 0) << terminal.err();
    EXPECT_EQ(server.stored.size(), 2U);
    EXPECT_EQ(server.stored.at("b.tif"), "y");
}

TEST_F(Upload, ALastingRefusalOfOneFileEndsTheOthers) {
    server.put_faults = std::deque<int>(40, 413);
    std::vector<std::string> args{"upload", "--project", "prj_1", "--parallel", "1"};
    for (int i = 0; i < 5; ++i)
        args.push_back(write("f" + std::to_string(i) + ".tif", "x"));
    EXPECT_EQ(run(args), 3);
    EXPECT_EQ(server.puts.size(), 1U);
    EXPECT_NE(terminal.err().find("f0.tif: "), std::string::npos) << terminal.err();
    EXPECT_EQ(server.count("uploads.fail"), 1U);
}

TEST_F(Upload, ARefusedSessionIsExitCode3WithTheServersWords) {
    server.answers["uploads.initiate"] =
        http::Response::text(402, "application/problem+json", R"({"detail":"The storage quota is used up"})");
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 3);
    EXPECT_EQ(terminal.err(), "landfall: The storage quota is used up\n");
    EXPECT_EQ(server.count("uploads.fail"), 0U);
}

TEST_F(Upload, ARefusedCompletionPrintsEachFieldAndGivesTheSessionUp) {
    server.answers["uploads.complete"] = http::Response::text(
        422, "application/json",
        R"({"detail":[{"loc":["body","files",0],"msg":"a.tif is no raster","type":"value_error"}]})");
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 3);
    EXPECT_NE(terminal.err().find("landfall: files.0: a.tif is no raster\n"), std::string::npos);
    EXPECT_EQ(server.last("uploads.fail")->input["error_step"].as_view(), "complete");
}

TEST_F(Upload, AnInterruptSendsNothingMore) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}, stop.get_token()), 1);
    EXPECT_EQ(server.puts.size(), 0U);
    EXPECT_EQ(server.count("uploads.complete"), 0U);
}

TEST_F(Upload, TwoFilesOfOneNameAreRefusedBeforeAnythingIsSent) {
    std::filesystem::create_directory(folder / "sub");
    const auto a = write("a.tif", "x");
    const auto b = write("sub/a.tif", "y");
    EXPECT_EQ(run({"upload", a, b, "--project", "prj_1"}), 1);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Upload, AMissingFileOrAnEmptyFolderIsAFailure) {
    std::filesystem::create_directory(folder / "empty");
    EXPECT_EQ(run({"upload", path("nothing.tif"), "--project", "prj_1"}), 1);
    EXPECT_EQ(run({"upload", (folder / "empty").string(), "--project", "prj_1"}), 1);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Upload, UsageIsCheckedFirst) {
    const auto a = write("a.tif", "x");
    EXPECT_EQ(run({"upload", "--project", "prj_1"}), 2);
    EXPECT_EQ(run({"upload", a}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--asset-key", "dem"}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--parallel", "0"}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--part-size", "5 apples"}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--limit-rate", "-1"}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--datetime", "noon"}), 2);
    EXPECT_EQ(run({"upload", a, "--project", "prj_1", "--url", "ftp://x"}), 2);
    terminal.environment.erase("LANDFALL_TOKEN");
    EXPECT_EQ(run({"upload", a, "--project", "prj_1"}), 2);
    EXPECT_TRUE(server.calls.empty());
}

TEST_F(Upload, AnEmptyFileIsSent) {
    ASSERT_EQ(run({"upload", write("empty.txt", ""), "--project", "prj_1"}), 0) << terminal.err();
    EXPECT_EQ(server.stored.at("empty.txt"), "");
}

TEST_F(Upload, NothingPrintedContainsTokenOrSignature) {
    server.put_faults = std::deque<int>(20, 500);
    EXPECT_EQ(run({"upload", write("a.tif", "x"), "--project", "prj_1"}), 1);
    const std::string all = terminal.out() + terminal.err();
    EXPECT_EQ(all.find("gpra_secret"), std::string::npos);
    EXPECT_EQ(all.find("sig="), std::string::npos);
}

TEST(UploadWithoutServer, AnUnreachableServerIsAFailureThatNamesItsOrigin) {
    testing::CapturedTerminal terminal;
    const auto registry = operations::make_registry();
    EXPECT_EQ(testing::run_client({"uploads", "complete", "--url", "http://127.0.0.1:1/base?x=secret", "--token", "t"},
                                  registry, terminal.surroundings()),
              1);
    EXPECT_NE(terminal.err().find("http://127.0.0.1:1;"), std::string::npos);
    EXPECT_EQ(terminal.err().find("secret"), std::string::npos);
}

} // namespace
} // namespace landfall::cli
