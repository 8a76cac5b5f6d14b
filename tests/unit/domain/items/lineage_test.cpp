#include "domain/items/collections.hpp"
#include "domain/items/items.hpp"
#include "domain/items/lineage.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::canned_tiff;

/// A catalog in which no lineage can be written.
class LineageFault : public testing::DomainTest {
protected:
    void rename(std::string_view from, std::string_view to) {
        const std::string sql = "ALTER TABLE " + std::string(from) + " RENAME TO " + std::string(to);
        ASSERT_TRUE(database->write_for([&](database::Session& s) { return s.execute(sql, {}); }));
    }
    /// All that a producer makes besides lineage.
    std::vector<std::int64_t> figures() {
        std::vector<std::int64_t> all;
        for (const char* table : {"item", "item_key", "asset", "object", "collection", "outbox", "usage_entry", "job"})
            all.push_back(figure("SELECT count(*) FROM " + std::string(table)));
        all.push_back(figure("SELECT coalesce(sum(refs), 0) FROM object"));
        all.push_back(figure("SELECT sum(value) FROM usage_counter"));
        return all;
    }
    /// `make` fails and leaves nothing while lineage cannot be written, and succeeds once it can.
    template<typename Make>
    void fails_whole(Make make) {
        rename("provenance_edge", "elsewhere");
        const auto before = figures();
        EXPECT_FALSE(make());
        EXPECT_EQ(figures(), before);
        rename("elsewhere", "provenance_edge");
        EXPECT_TRUE(make());
        EXPECT_NE(figures(), before);
    }
};

TEST_F(LineageFault, UndoesAnItemByHand) {
    fails_whole([&] {
        return as(key, [&](Context& cx) {
            NewItem item;
            item.project_id = project;
            item.type = "user_raster";
            item.name = "x";
            return create_item(cx, std::move(item));
        });
    });
}

TEST_F(LineageFault, UndoesACopy) {
    const ItemId source = uploaded_item();
    fails_whole([&] { return as(key, [&](Context& cx) { return duplicate_item(cx, source, {}); }); });
}

TEST_F(LineageFault, UndoesACollection) {
    fails_whole([&] {
        return as(key, [&](Context& cx) { return create_collection(cx, {project, "Scenes", {}, {}, true, 0}); });
    });
}

TEST_F(LineageFault, UndoesACompletedUploadWhichStaysOpen) {
    const auto upload = open_upload(1000);
    send(upload, "a.tif", canned_tiff());
    fails_whole([&] { return complete(upload, key); });
}

TEST_F(LineageFault, GraphsWithCyclesAndDepthAreWalkedToTheirEnd) {
    // Copies of copies, deeper than a walk goes, whose first comes from the last.
    std::vector<ItemId> items{uploaded_item()};
    constexpr int kCopies = 60;
    for (int copy = 0; copy < kCopies; ++copy)
        items.push_back(as(key, [&](Context& cx) { return duplicate_item(cx, items.back(), {}); }).value().id);
    ASSERT_TRUE(as(key, [&](Context& cx) {
        return record_origin(cx, {"item", items.front().str()}, {"item", items.back().str()}).map([] { return true; });
    }));
    ASSERT_TRUE(as(key, [&](Context& cx) { return delete_item(cx, items.at(5)).map([] { return true; }); }));
    const auto walk = [&](catalog::LineageDirection direction, std::int64_t depth) {
        catalog::LineageQuery query;
        query.organization_id = organization;
        query.root = {"item", items.back().str()};
        query.direction = direction;
        query.max_depth = depth;
        std::int64_t deepest = 0;
        std::size_t found = 0;
        const auto lineage = as(key, [&](Context& cx) { return lineage_of(cx, query); });
        EXPECT_TRUE(lineage);
        for (const auto& node : lineage->nodes) {
            deepest = std::max(deepest, node.depth);
            found += node.entity.type == "item" ? 1 : 0;
        }
        return std::pair(deepest, found);
    };
    EXPECT_EQ(walk(catalog::LineageDirection::Up, 50), std::pair(std::int64_t{50}, std::size_t{51}));
    EXPECT_EQ(walk(catalog::LineageDirection::Up, 100).second, items.size());
    EXPECT_EQ(walk(catalog::LineageDirection::Down, 100).second, items.size());
}

} // namespace
} // namespace landfall::domain
