#include "catalog/items/asset.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/assets.hpp"
#include "support/domain_fixture.hpp"

#include <gmock/gmock.h>

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using ::testing::ElementsAre;

class TileSourceTest : public testing::DomainTest {
protected:
    /// Uploads the files into one item, a new one unless it is given; names come with their bytes.
    ItemId upload(const std::vector<std::pair<std::string, std::string>>& files, std::optional<ItemId> into = {}) {
        NewUpload wanted;
        wanted.project_id = project;
        wanted.transfer_method = "cli";
        wanted.target_item_id = std::move(into);
        const auto opened = as(key, [&](Context& cx) { return initiate_upload(cx, wanted); });
        for (const auto& [name, bytes] : files)
            send(opened->id, name, bytes);
        const auto ids = complete(opened->id, key);
        EXPECT_TRUE(ids.has_value()) << (ids ? "" : ids.error().message);
        return ids ? ItemId(ids->front()) : ItemId();
    }
    Result<TileSource> find(const ItemId& item, const std::optional<std::string>& asset_key = {}) {
        return as(key, [&](Context& cx) { return find_tile_source(cx, item, std::nullopt, asset_key); });
    }
    static std::vector<std::string> names(const TileSource& source) {
        std::vector<std::string> all;
        for (const auto& file : source.files)
            all.push_back(file.name);
        return all;
    }
    std::string bytes_of(const std::string& blob_key) {
        const auto blob = *store->open(blob_key);
        std::string bytes(static_cast<std::size_t>(blob->size()), '\0');
        EXPECT_EQ(blob->read(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))), bytes.size());
        return bytes;
    }
};

TEST_F(TileSourceTest, BringsAFileAndItsSidecarsUnderNamesOfOurs) {
    const auto source = find(upload({{"a.tif", canned_tiff()}, {"a.tfw", "1\n0\n0\n-1\n8\n48\n"}}));
    ASSERT_TRUE(source.has_value()) << source.error().message;
    EXPECT_THAT(names(*source), ElementsAre("input.tif", "input.wld"));
}

TEST_F(TileSourceTest, OfTwoSidecarsThatAWorkerSeesByOneNameItGetsTheFirst) {
    const auto source =
        find(upload({{"a.tif", canned_tiff()}, {"a.tfw", "1\n0\n0\n-1\n8\n48\n"}, {"a.wld", "2\n0\n0\n-2\n8\n48\n"}}));
    ASSERT_TRUE(source.has_value()) << source.error().message;
    EXPECT_THAT(names(*source), ElementsAre("input.tif", "input.wld"));
    EXPECT_EQ(bytes_of(source->files[1].blob_key), "1\n0\n0\n-1\n8\n48\n");
}

TEST_F(TileSourceTest, AFileKeepsToTheSidecarsItWasUploadedWith) {
    const auto item = upload({{"a.tif", canned_tiff()}, {"a.tfw", "1\n0\n0\n-1\n8\n48\n"}});
    clock.advance(std::chrono::seconds(1));
    upload({{"a.tif", canned_tiff()}, {"a.tfw", "2\n0\n0\n-2\n8\n48\n"}}, item);
    const auto first = find(item, "data");
    const auto second = find(item, "a");
    ASSERT_TRUE(first.has_value());
    ASSERT_TRUE(second.has_value()) << second.error().message;
    ASSERT_THAT(names(*first), ElementsAre("input.tif", "input.wld"));
    ASSERT_THAT(names(*second), ElementsAre("input.tif", "input.wld"));
    EXPECT_EQ(bytes_of(first->files[1].blob_key), "1\n0\n0\n-1\n8\n48\n");
    EXPECT_EQ(bytes_of(second->files[1].blob_key), "2\n0\n0\n-2\n8\n48\n");
}

} // namespace
} // namespace landfall::domain
