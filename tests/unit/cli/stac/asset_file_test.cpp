#include "cli/stac/asset_file.hpp"
#include "core/text.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

constexpr std::int64_t kMiB = 1LL << 20;

TEST(AssetPartSize, IsTheUsualOneUntilThatWouldBeTooManyParts) {
    EXPECT_EQ(asset_part_size(1, std::nullopt).value(), 8 * kMiB);
    EXPECT_EQ(asset_part_size(800 * kMiB, std::nullopt).value(), 8 * kMiB);
    EXPECT_EQ(asset_part_size(800 * kMiB + 1, std::nullopt).value(), 9 * kMiB);
    EXPECT_EQ(asset_part_size(4096 * kMiB, std::nullopt).value(), 41 * kMiB);
}

TEST(AssetPartSize, TakesWhatIsWantedWhereTheApiDoes) {
    EXPECT_EQ(asset_part_size(100 * kMiB, 5 * kMiB).value(), 5 * kMiB);
    EXPECT_EQ(asset_part_size(10, 10).value(), 10);
    EXPECT_EQ(asset_part_size(500'000'000'000, std::nullopt).value(), 5'000'000'000);
}

TEST(AssetPartSize, SaysWhatIsWrongWithAnother) {
    const auto refused = [](std::int64_t size, std::optional<std::int64_t> wanted, std::string_view words) {
        const auto told = asset_part_size(size, wanted);
        ASSERT_FALSE(told);
        EXPECT_EQ(told.error().code, Code::InvalidArgument);
        EXPECT_NE(told.error().message.find(words), std::string::npos) << told.error().message;
    };
    refused(0, std::nullopt, "without bytes");
    refused(11, 10, "at least 5MiB");
    refused(1000 * kMiB, 5 * kMiB, "10MiB or more");
    refused(1000 * kMiB, 6'000'000'000, "at most 5GB");
    refused(500'000'000'001, std::nullopt, "100 parts");
}

TEST(Announce, ReadsAFileOnceForAllDigests) {
    const landfall::testing::PrivateFolder folder;
    landfall::testing::write_bytes(folder / "file", "onetwoend");
    Meter meter;
    int ticks = 0;
    const auto told = announce({folder / "file", "file", 9}, 4, {meter, [&] { ++ticks; }, {}});
    ASSERT_TRUE(told);
    EXPECT_EQ(told->checksum, multihash_sha256(sha256("onetwoend")));
    EXPECT_EQ(told->md5s.size(), 3U);
    EXPECT_EQ(to_hex(told->md5s[2]), "8277e0910d750195b448797616e091ad"); // of "d"
    EXPECT_EQ(meter.bytes(), 9);
    EXPECT_GE(ticks, 3);
}

TEST(Announce, StopsWhenItShallAndWhenTheFileChanges) {
    const landfall::testing::PrivateFolder folder;
    landfall::testing::write_bytes(folder / "file", "onetwoend");
    Meter meter;
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(announce({folder / "file", "file", 9}, 4, {meter, [] {}, stop.get_token()}).error().code, Code::Canceled);
    EXPECT_EQ(announce({folder / "file", "file", 10}, 4, {meter, [] {}, {}}).error().code, Code::Internal);
}

} // namespace
} // namespace landfall::cli
