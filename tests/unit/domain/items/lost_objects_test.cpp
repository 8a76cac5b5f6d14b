#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/items.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/items/object_sample.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/watched_store.hpp"
#include "support/domain_fixture.hpp"

#include <array>
#include <gmock/gmock.h>

namespace landfall::domain {
namespace {

using testing::canned_tiff;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LostObjectsTest : public testing::DomainTest {
protected:
    catalog::AssetRow asset(const ItemId& item, std::string_view name = "data") {
        return *got([&](database::Session& s) { return catalog::find_asset(s, organization, item, name); });
    }
    Json damaged(const ItemId& item) {
        const auto row = *got([&](database::Session& s) { return catalog::find_item(s, organization, item); });
        const Json keys = (*Json::parse(row.properties))["landfall:damaged"];
        EXPECT_EQ((*Json::parse(row.record))["properties"]["landfall:damaged"], keys);
        EXPECT_EQ((*Json::parse(row.document))["properties"]["landfall:damaged"], keys);
        return keys;
    }
    bool settle(const std::string& blob) { return lost.settle(services, std::array{blob}); }
    void lose(const std::string& blob) { ASSERT_TRUE(store->remove(blob)); }
    void bring_back(const std::string& blob, const std::string& bytes) {
        auto writer = *store->create(blob);
        ASSERT_TRUE(writer->write(std::as_bytes(std::span(bytes.data(), bytes.size()))));
        ASSERT_TRUE(writer->finish());
    }
};

TEST_F(LostObjectsTest, MarkTheItemsThatShowThemUntilTheyAreBack) {
    const auto item = uploaded_item();
    const auto copy = as(key, [&](Context& cx) { return duplicate_item(cx, item, {}); })->id;
    const std::string blob = *asset(item).blob_key;
    EXPECT_FALSE(settle(blob)) << "it is there";
    lose(blob);
    EXPECT_TRUE(settle(blob));
    EXPECT_EQ(damaged(item).dump(), R"(["data"])");
    EXPECT_EQ(damaged(copy).dump(), R"(["data"])") << "both have these bytes";
    EXPECT_EQ(asset(item).damage, catalog::AssetDamage::Missing);
    const int before = told;
    EXPECT_TRUE(settle(blob));
    EXPECT_EQ(told, before) << "and nothing is told twice";
    EXPECT_EQ(lost.stats().missing, 1U);
    lost.look_again(services);
    EXPECT_EQ(lost.stats().missing, 1U);
    bring_back(blob, canned_tiff());
    lost.look_again(services);
    EXPECT_TRUE(damaged(item).is_null());
    EXPECT_TRUE(damaged(copy).is_null());
    EXPECT_EQ(lost.stats().missing, 0U);
}

TEST_F(LostObjectsTest, OnesOfAnotherSizeAreLostToo) {
    const auto item = uploaded_item();
    const std::string blob = *asset(item).blob_key;
    lose(blob);
    bring_back(blob, "II*");
    EXPECT_TRUE(settle(blob));
    EXPECT_EQ(damaged(item).dump(), R"(["data"])");
}

TEST_F(LostObjectsTest, AreNoticedByWhoeverAsksTheStore) {
    const auto item = uploaded_item();
    const std::string blob = *asset(item).blob_key;
    const auto watched = watch_store(storage::make_memory_store(), [&](std::string_view asked) { lost.note(asked); });
    EXPECT_FALSE(watched->open(blob));
    EXPECT_FALSE(watched->open("blob_that_nobody_knows"));
    lose(blob);
    lost.settle_noted(services);
    EXPECT_EQ(damaged(item).dump(), R"(["data"])");
    EXPECT_EQ(lost.stats().asked, 1U) << "what the catalog does not name is not missing";
    EXPECT_EQ(lost.stats().missing, 1U);
}

TEST_F(LostObjectsTest, KeepTheirMarkWhateverAUserWrites) {
    const auto item = uploaded_item();
    lose(*asset(item).blob_key);
    settle(*asset(item).blob_key);
    ItemChange change;
    change.properties.value = schema::JsonObject{*Json::parse(R"({"landfall:damaged":["thumbnail"],"a":1})")};
    ASSERT_TRUE(as(key, [&](Context& cx) { return update_item(cx, item, change); }));
    EXPECT_EQ(damaged(item).dump(), R"(["data"])");
}

TEST_F(LostObjectsTest, RenditionsAreQueuedToBeMadeAgain) {
    const auto item = uploaded_item();
    const auto bytes = canned_tiff("a rendition");
    bring_back("blob_of_a_rendition", bytes);
    ASSERT_TRUE(as(key, [&](Context& cx) -> Status {
        TRY(auto row, catalog::lock_item(cx.session, organization, item));
        TRY(auto shelf, Shelf::open(cx, std::move(*row)));
        cx.artifact_produced = true;
        storage::BlobInfo blob{"blob_of_a_rendition", static_cast<std::int64_t>(bytes.size()), std::string(16, 'm'),
                               std::string(32, 's')};
        CHECK_OK(put_cog(shelf, asset(item), blob, {.data_type = "uint8"}));
        return shelf.store(catalog::IndexUpdate::Keep);
    }));
    constexpr auto kQueued = "SELECT count(*) FROM job WHERE kind = 'item.cog' AND state = 'pending'";
    const auto queued = figure(kQueued);
    lose("blob_of_a_rendition");
    EXPECT_TRUE(settle("blob_of_a_rendition"));
    EXPECT_EQ(damaged(item).dump(), R"(["cog"])");
    EXPECT_EQ(figure(kQueued), queued + 1);
}

TEST_F(LostObjectsTest, AreFoundBySamplingWithTheirNames) {
    const auto item = uploaded_item();
    uploaded_item(canned_tiff("another"));
    EXPECT_THAT(sample_objects(*database, *store)->missing, IsEmpty());
    const std::string blob = *asset(item).blob_key;
    lose(blob);
    const auto sample = sample_objects(*database, *store);
    EXPECT_TRUE(sample->is_all);
    EXPECT_EQ(sample->looked_at, 2);
    EXPECT_THAT(sample->missing, ElementsAre(HasSubstr(blob + " (asset 'data' of " + item.str())));
}

} // namespace
} // namespace landfall::domain
