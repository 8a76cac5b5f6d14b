#include "domain/items/items.hpp"
#include "domain/upkeep/removal_hold.hpp"
#include "domain/upkeep/sweep.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::canned_tiff;

class Hold : public testing::DomainTest {
protected:
    std::unique_ptr<RemovalHold> take() {
        auto hold = RemovalHold::take(transactor, clock);
        EXPECT_TRUE(hold);
        return *std::move(hold);
    }
    SweepReport run() {
        SweepOptions options;
        options.grace = std::chrono::seconds(0);
        options.limits = services.settings.limits;
        const auto report = sweep({*database, transactor, *store}, clock, options);
        EXPECT_TRUE(report);
        return report.value_or(SweepReport());
    }
    /// An object that nothing refers to any more.
    void delete_uploaded_item() {
        const auto item = uploaded_item();
        const auto done = as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(delete_item(cx, item));
            return true;
        });
        ASSERT_TRUE(done);
        clock.advance(std::chrono::seconds(services.settings.limits.deleted_item_seconds + 1));
        run();
        clock.advance(std::chrono::seconds(1));
    }
};

TEST_F(Hold, WhatCallsLetGoOfStays) {
    const auto upload = open_upload(1000);
    send(upload, "a.tif", canned_tiff());
    {
        const auto hold = take();
        send(upload, "a.tif", canned_tiff() + "again");
        EXPECT_EQ(blobs().size(), 2U);
        EXPECT_TRUE(hold->check());
    }
    send(upload, "a.tif", canned_tiff() + "a third time");
    EXPECT_EQ(blobs().size(), 2U) << "the second went with its successor";
}

TEST_F(Hold, TheSweepRemovesReleasedObjectsOnceItEnds) {
    delete_uploaded_item();
    {
        const auto hold = take();
        const auto report = run();
        EXPECT_TRUE(report.removal_held);
        EXPECT_EQ(report.objects_removed, 0);
        EXPECT_EQ(blobs().size(), 1U);
    }
    const auto report = run();
    EXPECT_FALSE(report.removal_held);
    EXPECT_EQ(report.objects_removed, 1);
    EXPECT_TRUE(blobs().empty());
}

TEST_F(Hold, OneThatNobodyRenewsEndsByItself) {
    delete_uploaded_item();
    const auto hold = take();
    EXPECT_TRUE(run().removal_held);
    clock.advance(RemovalHold::kLasts);
    EXPECT_EQ(run().objects_removed, 1);
    EXPECT_FALSE(hold->check());
}

} // namespace
} // namespace landfall::domain
