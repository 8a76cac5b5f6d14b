#include "unit/cli/transfer/transfer_fixture.hpp"

namespace landfall::cli {
namespace {

struct Download : testing::TransferFixture {
    Download() {
        server.object.resize(2'500'000);
        for (std::size_t i = 0; i < server.object.size(); ++i)
            server.object[i] = static_cast<char>(i * 17 + i / 253);
        server.assets = Json::array({asset("data", "data", server.object), asset("thumbnail", "thumbnail", "x")});
        std::filesystem::current_path(folder);
    }
    ~Download() override { std::filesystem::current_path("/"); }

    static Json asset(std::string_view key, std::string_view role, const std::string& bytes) {
        return Json::object({{"id", "as_" + std::string(key)},
                             {"key", key},
                             {"media_type", "image/tiff"},
                             {"roles", Json::array({Json(role)})},
                             {"checksum", multihash_sha256(sha256(bytes))}});
    }
};

TEST_F(Download, TakesTheDataAssetAndTheStoragesName) {
    ASSERT_EQ(run({"download", "it_1"}), 0) << terminal.err();
    EXPECT_EQ(read("scene.tif"), server.object);
    EXPECT_EQ(terminal.out(), "scene.tif\n");
    EXPECT_FALSE(exists("it_1-data.tif.part"));
    EXPECT_EQ(server.last("items.asset.download")->input["asset_id"].as_view(), "as_data");
}

TEST_F(Download, TheRenditionOfAnUploadDoesNotStandInItsWay) {
    Json rendition = asset("cog", "data", "x");
    rendition.set("roles", Json::array({Json("data"), Json("overview")}));
    server.assets.push(std::move(rendition));
    ASSERT_EQ(run({"download", "it_1"}), 0) << terminal.err();
    EXPECT_EQ(server.last("items.asset.download")->input["asset_id"].as_view(), "as_data");
}

TEST_F(Download, ANameFromTheStorageNeverLeavesTheFolderNorReplacesAFile) {
    server.disposition = "attachment; filename=\"../../.profile\"";
    ASSERT_EQ(run({"download", "it_1"}), 0) << terminal.err();
    EXPECT_EQ(read("profile"), server.object);
    EXPECT_EQ(run({"download", "it_1"}), 1);
    EXPECT_NE(terminal.err().find("exists already"), std::string::npos);
    EXPECT_FALSE(exists("it_1-data.tif.part")) << "its bytes were fetched for nothing";
}

TEST_F(Download, WritesToTheFileOrFolderThatWasNamed) {
    write("mine.tif", "old");
    ASSERT_EQ(run({"download", "it_1", "-o", path("mine.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("mine.tif"), server.object);
    std::filesystem::create_directory(folder / "sub");
    ASSERT_EQ(run({"download", "it_1", "--output", path("sub")}), 0) << terminal.err();
    EXPECT_EQ(read("sub/scene.tif"), server.object);
}

TEST_F(Download, ContinuesWhereTheConnectionBroke) {
    server.cut_at = {1'000'000, 700'000};
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
    ASSERT_EQ(server.gets.size(), 3U);
    EXPECT_EQ(server.gets[1].range, "bytes=1000000-");
    EXPECT_EQ(server.gets[2].range, "bytes=1700000-");
}

TEST_F(Download, ContinuesAnEarlierDownload) {
    write("x.tif.part", server.object.substr(0, 2'000'000));
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
    ASSERT_EQ(server.gets.size(), 1U);
    EXPECT_EQ(server.gets[0].range, "bytes=2000000-");
}

TEST_F(Download, AnEarlierDownloadOfOtherBytesIsFetchedAgain) {
    write("x.tif.part", std::string(2'000'000, 'z'));
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
}

TEST_F(Download, AnEarlierDownloadThatIsTooLongIsFetchedAgain) {
    write("x.tif.part", std::string(3'000'000, 'z'));
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
}

TEST_F(Download, AnExpiredUrlIsSignedAgainAndFailuresAreTriedAgain) {
    server.get_faults = {500, 403, 503};
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
    EXPECT_EQ(server.count("items.asset.download"), 2U);
    EXPECT_NE(terminal.err().find("; trying again in "), std::string::npos) << terminal.err();
}

TEST_F(Download, BytesThatDoNotMatchTheChecksumAreNotKeptUnderTheFinalName) {
    server.object[1234] = static_cast<char>(server.object[1234] + 1);
    EXPECT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 1);
    EXPECT_FALSE(exists("x.tif"));
    EXPECT_NE(terminal.err().find("checksum"), std::string::npos);
}

TEST_F(Download, AnObjectThatChangesMidwayStartsAgain) {
    server.cut_at = {1'000'000};
    server.next_etags = {"\"one\"", "\"two\""};
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 0) << terminal.err();
    EXPECT_EQ(read("x.tif"), server.object);
    EXPECT_EQ(server.gets.size(), 2U);
}

TEST_F(Download, AStreamCannotStartAgain) {
    server.cut_at = {1'000'000};
    server.next_etags = {"\"one\"", "\"two\""};
    EXPECT_EQ(run({"download", "it_1", "-o", "-"}), 1);
    EXPECT_NE(terminal.err().find("changed on the server"), std::string::npos);
}

TEST_F(Download, StreamsToStandardOutput) {
    server.cut_at = {1'000'000};
    ASSERT_EQ(run({"download", "it_1", "-o", "-"}), 0) << terminal.err();
    EXPECT_EQ(terminal.out(), server.object);
}

TEST_F(Download, AnAssetIsChosenByKeyOrId) {
    server.object = "x";
    ASSERT_EQ(run({"download", "it_1", "--asset", "thumbnail", "-o", path("t")}), 0) << terminal.err();
    ASSERT_EQ(run({"download", "it_1", "--asset", "as_thumbnail", "-o", path("t")}), 0) << terminal.err();
    EXPECT_EQ(read("t"), "x");
    EXPECT_EQ(run({"download", "it_1", "--asset", "nothing"}), 3);
    EXPECT_NE(terminal.err().find("it has data, thumbnail"), std::string::npos);
}

TEST_F(Download, SeveralDataAssetsNeedAChoice) {
    server.assets.push(asset("more", "data", "y"));
    EXPECT_EQ(run({"download", "it_1"}), 2);
    EXPECT_NE(terminal.err().find("--asset: data, thumbnail, more"), std::string::npos);
}

TEST_F(Download, PrintsOneObjectForPrograms) {
    ASSERT_EQ(run({"download", "it_1", "-o", path("x.tif"), "--json"}), 0) << terminal.err();
    const auto told = Json::parse(terminal.out());
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ((*told)["size_bytes"].as_integer(), 2'500'000);
    EXPECT_EQ((*told)["checksum"].as_string(), multihash_sha256(sha256(server.object)));
}

TEST_F(Download, ARefusalLeavesNothingBehind) {
    server.answers["items.asset.download"] =
        http::Response::text(410, "application/problem+json", R"({"detail":"The item has expired"})");
    EXPECT_EQ(run({"download", "it_1", "-o", path("x.tif")}), 3);
    EXPECT_EQ(terminal.err(), "landfall: The item has expired\n");
    EXPECT_FALSE(exists("x.tif.part"));
}

TEST_F(Download, AnEmptyObjectIsAFile) {
    server.object.clear();
    server.assets = Json::array({asset("data", "data", "")});
    ASSERT_EQ(run({"download", "it_1", "-o", path("x")}), 0) << terminal.err();
    EXPECT_TRUE(exists("x"));
    EXPECT_EQ(read("x"), "");
}

} // namespace
} // namespace landfall::cli
