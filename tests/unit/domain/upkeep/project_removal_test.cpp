#include "domain/ingest/uploads.hpp"
#include "domain/items/items.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/upkeep/project_removal.hpp"
#include "domain/upkeep/sweep.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using testing::code_of;

class ProjectRemoval : public testing::DomainTest {
protected:
    void retire() {
        ASSERT_TRUE(transactor.run([&](catalog::Transaction& transaction) {
            return retire_project(transaction, organization, project, clock.now());
        }));
    }
    std::int64_t empty(std::stop_token stop = {}) {
        return empty_project({transactor, clock, stop}, {organization, project, clock.now()}).value_or(-1);
    }
    void sweep_once() {
        SweepOptions options;
        options.grace = std::chrono::seconds(0);
        ASSERT_TRUE(sweep({*database, transactor, *store}, clock, options));
    }
    void add_items(int count) {
        NewItem wanted;
        wanted.project_id = project;
        wanted.type = "external_reference";
        wanted.name = "one";
        for (int i = 0; i < count; ++i)
            ASSERT_TRUE(as(key, [&](Context& cx) { return create_item(cx, wanted); }));
    }
    std::int64_t left() { return figure("SELECT count(*) FROM item") + figure("SELECT count(*) FROM asset"); }
};

TEST_F(ProjectRemoval, HidesAtOnceWhatIsRemovedStepByStep) {
    const ItemId item = uploaded_item();
    add_items(45);
    const auto used = storage().used;
    retire();
    EXPECT_EQ(code_of(as(key, [&](Context& cx) { return require_item(cx, item, ProjectRole::Viewer); })),
              Code::NotFound);
    EXPECT_GT(left(), 0) << "nothing is removed yet";
    EXPECT_EQ(storage().used, used);
    EXPECT_EQ(empty(), used);
    EXPECT_EQ(left(), 0);
    EXPECT_EQ(storage().used, 0);
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(ProjectRemoval, IsFinishedByTheSweepWhereItWasCutShort) {
    uploaded_item();
    add_items(3);
    open_upload(500);
    retire();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(empty(stop.get_token()), 0);
    EXPECT_GT(left(), 0);
    sweep_once();
    EXPECT_EQ(left(), 0);
    EXPECT_EQ(storage().used, 0);
    EXPECT_EQ(storage().reserved, 0);
    EXPECT_TRUE(usage_adds_up());
    EXPECT_EQ(figure("SELECT count(*) FROM project WHERE emptied_at IS NOT NULL"), 0)
        << "calls may still be on their way";
    clock.advance(std::chrono::hours(2));
    sweep_once();
    EXPECT_EQ(figure("SELECT count(*) FROM project WHERE emptied_at IS NOT NULL"), 1);
    EXPECT_TRUE(blobs().empty());
}

TEST_F(ProjectRemoval, LeavesBytesThatAnotherProjectHolds) {
    const ItemId item = uploaded_item();
    const auto used = storage().used;
    ItemCopy copy;
    copy.target_project_id = new_project(organization, "other");
    ASSERT_TRUE(as(key, [&](Context& cx) { return duplicate_item(cx, item, copy); }));
    retire();
    EXPECT_EQ(empty(), 0);
    EXPECT_EQ(storage().used, used);
    clock.advance(std::chrono::hours(2));
    sweep_once();
    EXPECT_FALSE(blobs().empty());
    EXPECT_TRUE(usage_adds_up());
}

TEST_F(ProjectRemoval, TakesAProjectOnce) {
    retire();
    const auto again = transactor.run([&](catalog::Transaction& transaction) {
        return retire_project(transaction, organization, project, clock.now());
    });
    EXPECT_EQ(code_of(again), Code::NotFound);
}

} // namespace
} // namespace landfall::domain
