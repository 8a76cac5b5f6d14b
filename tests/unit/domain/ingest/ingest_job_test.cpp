#include "catalog/ledger/catalog_use.hpp"
#include "catalog/work/job.hpp"
#include "domain/ingest/ingest_job.hpp"
#include "unit/domain/ingest/ingest_fixture.hpp"

namespace landfall::domain {
namespace {

using catalog::UploadState;
using testing::canned_tiff;
using testing::code_of;

/// Sessions whose reading goes on after the call.
class HandedOver : public Ingest {
protected:
    HandedOver() { services.settings.limits.complete_seconds = 1; }
    /// Nobody else reads meanwhile.
    void occupy() {
        for (int i = 0; i < 2; ++i)
            passes.push_back(std::move(*probes.enter("another", std::chrono::milliseconds(0))));
    }
    void hand_over(Result<PreparedIngest> prepared) {
        ASSERT_TRUE(prepared) << prepared.error().message;
        const auto done = as(key, [&](Context& cx) -> Result<bool> {
            CHECK_OK(hand_over_ingest(cx, *prepared));
            return true;
        });
        ASSERT_TRUE(done) << done.error().message;
    }
    /// What the next part comes to.
    std::string run_part() {
        const auto leased = wrote([&](database::Session& s) {
            return catalog::lease_next_job(
                s, {"here", {std::string(kReadUploadJob.name)}, clock.now(), clock.now() + std::chrono::minutes(1)});
        });
        if (!leased)
            return "none";
        jobs::JobContext job(*leased, "here", clock);
        const auto done = handler_of(services, kReadUploadJob).run(job);
        return done ? (*done)["outcome"].as_string() : done.error().message;
    }

    std::vector<jobs::Gate::Pass> passes;
};

TEST_F(HandedOver, WaitsForOthersWithoutACall) {
    const auto id = open_upload(128);
    send(id, "a.tif", canned_tiff());
    send(id, "b.tif", canned_tiff());
    occupy();
    auto prepared = prepare(id);
    ASSERT_TRUE(prepared);
    EXPECT_TRUE(prepared->unfinished);
    hand_over(std::move(prepared));
    EXPECT_EQ(row(id).state, UploadState::Processing);
    EXPECT_EQ(code_of(prepare(id)), Code::Aborted);
    EXPECT_EQ(item_count(), 0);
    passes.clear();
    EXPECT_EQ(run_part(), "completed");
    EXPECT_EQ(item_count(), 2);
    EXPECT_EQ(storage().used, 128);
    EXPECT_EQ(complete(id, key)->size(), 2U) << "the same answer as ever";
}

TEST_F(HandedOver, WhatWasReadIsNotReadAgain) {
    const auto id = open_upload(128);
    send(id, "a.tif", canned_tiff());
    send(id, "b.tif", canned_tiff());
    const auto live = [&] {
        return got([&](database::Session& s) { return catalog::read_catalog_use(s, organization); }).live;
    };
    const auto before = live();
    hand_over(prepare(id));
    EXPECT_GT(live() - before, 1000) << "what is noted counts";
    occupy();
    EXPECT_EQ(run_part(), "completed");
    EXPECT_EQ(item_count(), 2);
    EXPECT_EQ(figure("SELECT count(*) FROM upload_file WHERE probed IS NOT NULL"), 0);
}

TEST_F(HandedOver, AFileThatCannotBeReadFailsTheSession) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff("refuse"));
    occupy();
    hand_over(prepare(id));
    passes.clear();
    EXPECT_EQ(run_part(), "failed");
    EXPECT_EQ(row(id).state, UploadState::Failed);
    EXPECT_EQ(row(id).error_message, "a.tif: The file is not an image");
    EXPECT_EQ(storage().reserved, 0);
}

TEST_F(HandedOver, WhoeverTakesTheSessionOverLeavesNothingToTheJob) {
    const auto id = open_upload(64);
    send(id, "a.tif", canned_tiff());
    hand_over(prepare(id));
    clock.advance(std::chrono::hours(1));
    EXPECT_TRUE(complete(id, key));
    EXPECT_EQ(run_part(), "skipped");
    EXPECT_EQ(item_count(), 1);
}

} // namespace
} // namespace landfall::domain
