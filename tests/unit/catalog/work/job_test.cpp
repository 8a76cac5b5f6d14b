#include "catalog/work/job.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

#include <mutex>
#include <set>
#include <thread>

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class JobTest : public CatalogTest<E> {
protected:
    JobRow new_job(std::int64_t due) const {
        JobRow row;
        row.id = JobId::make();
        row.kind = "cog_clip";
        row.organization_id = this->organization_.id;
        row.project_id = this->project_.id;
        row.run_after = row.created_at = row.updated_at = at_second(due);
        return row;
    }
    JobId enqueue(const JobRow& row) {
        return this->wrote([&](Session& s) { return enqueue_job(s, row); });
    }
    std::optional<JobRow> lease(const std::string& owner, std::int64_t second, std::vector<std::string> kinds = {}) {
        return this->wrote(
            [&](Session& s) { return lease_next_job(s, {owner, kinds, at_second(second), at_second(second + 10)}); });
    }
    JobRow read(const JobId& id) {
        return *this->got([&](Session& s) { return find_job(s, this->organization_.id, id); });
    }
    std::optional<JobState> fail_it(const JobId& id, const std::string& owner, std::int64_t second,
                                    JobRetry retry = JobRetry::Allowed) {
        return this->wrote([&](Session& s) { return fail_job(s, {id, owner, "broken", at_second(second), retry}); });
    }
};

TYPED_TEST_SUITE(JobTest, Engines, EngineName);

TYPED_TEST(JobTest, ManyWorkersNeverGetTheSameJob) {
    for (int n = 0; n < 40; ++n)
        this->enqueue(this->new_job(n));
    std::mutex mutex;
    std::multiset<std::string> leased;
    std::vector<std::thread> workers;
    for (int n = 0; n < 8; ++n)
        workers.emplace_back([&, n] {
            while (const auto job = this->lease("worker " + std::to_string(n), 100)) {
                const std::lock_guard lock(mutex);
                leased.insert(job->id.str());
            }
        });
    for (std::thread& worker : workers)
        worker.join();
    EXPECT_EQ(leased.size(), 40U);
    EXPECT_EQ(std::set(leased.begin(), leased.end()).size(), 40U);
}

TYPED_TEST(JobTest, HigherPriorityGoesFirstThenTheOldestAndOnlyOfTheKindsAskedFor) {
    JobRow late = this->new_job(2);
    JobRow early = this->new_job(1);
    JobRow urgent = this->new_job(3);
    urgent.priority = 5;
    JobRow other = this->new_job(0);
    other.kind = "rendition";
    JobRow future = this->new_job(1000);
    future.priority = 9;
    for (const JobRow* row : {&late, &early, &urgent, &other, &future})
        this->enqueue(*row);
    const auto due = [&](const std::vector<std::string>& kinds) {
        return this->got([&](Session& s) { return next_job_due(s, kinds); });
    };
    EXPECT_EQ(due({}), at_second(0));
    EXPECT_EQ(due({"cog_clip"}), at_second(1));
    EXPECT_EQ(due({"cog_clip", "rendition"}), at_second(0));
    EXPECT_EQ(due({"unknown"}), std::nullopt);
    for (const JobRow* expected : {&urgent, &early, &late})
        EXPECT_EQ(this->lease("w", 100, {"cog_clip"})->id, expected->id);
    EXPECT_EQ(this->lease("w", 100, {"cog_clip"}), std::nullopt);
    const auto rest = this->lease("w", 100);
    EXPECT_EQ(rest->id, other.id);
    EXPECT_EQ(rest->attempts, 1);
    EXPECT_EQ(rest->state, JobState::Running);
}

TYPED_TEST(JobTest, ADedupeKeyHasOneLiveJobAtATime) {
    JobRow row = this->new_job(1);
    row.dedupe_key = "cog:it_1";
    JobRow twin = this->new_job(2);
    twin.dedupe_key = row.dedupe_key;
    EXPECT_EQ(this->enqueue(row), row.id);
    EXPECT_EQ(this->enqueue(twin), row.id);
    this->lease("w", 10);
    EXPECT_EQ(this->enqueue(twin), row.id);
    EXPECT_TRUE(this->wrote([&](Session& s) { return finish_job(s, row.id, "w", "{}", at_second(11)); }));
    EXPECT_EQ(this->enqueue(twin), twin.id);
}

TYPED_TEST(JobTest, AStateThatNobodyKnowsFailsTheReadInsteadOfPassingForAnother) {
    const JobRow row = this->new_job(0);
    this->enqueue(row);
    this->write([&](Session& s) { return done(s.run("UPDATE job SET state = 'sleeping' WHERE id = ?1", row.id)); });
    const auto found = this->db_->read_for([&](Session& s) { return find_job(s, this->organization_.id, row.id); });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::Internal);
    EXPECT_EQ(found.error().cause, "job.state holds \"sleeping\", which is no name that this program knows");
}

TYPED_TEST(JobTest, FailuresBackOffAndEndDead) {
    JobRow row = this->new_job(0);
    row.max_attempts = 2;
    this->enqueue(row);
    this->lease("w", 10);
    EXPECT_EQ(this->fail_it(row.id, "stranger", 11), std::nullopt);
    EXPECT_EQ(this->fail_it(row.id, "w", 11), JobState::Pending);
    EXPECT_EQ(this->lease("w", 15), std::nullopt);
    EXPECT_TRUE(this->lease("w", 16).has_value());
    EXPECT_EQ(this->fail_it(row.id, "w", 17), JobState::Dead);
    EXPECT_EQ(this->read(row.id).error_message, "broken");
    EXPECT_EQ(this->read(row.id).completed_at, at_second(17));
}

TYPED_TEST(JobTest, AnErrorThatNoRetryHelpsFailsAtOnce) {
    const JobRow row = this->new_job(0);
    this->enqueue(row);
    this->lease("w", 10);
    EXPECT_EQ(this->fail_it(row.id, "w", 11, JobRetry::Never), JobState::Failed);
}

TYPED_TEST(JobTest, AnExpiredLeaseGoesBackAndItsHolderLoses) {
    const JobRow row = this->new_job(0);
    this->enqueue(row);
    this->lease("lost", 10);
    const auto expired = [&](const std::vector<std::string>& kinds, std::int64_t second) {
        return this->got([&](Session& s) { return list_expired_jobs(s, kinds, at_second(second)); });
    };
    const auto expire = [&](std::int64_t second) {
        return this->wrote([&](Session& s) { return expire_job(s, row.id, at_second(second)); });
    };
    EXPECT_TRUE(expired({}, 20).empty());
    EXPECT_EQ(expire(20), std::nullopt);
    EXPECT_TRUE(expired({"rendition"}, 21).empty());
    EXPECT_EQ(expired({"cog_clip"}, 21), std::vector{row.id});
    EXPECT_EQ(expire(21)->state, JobState::Pending);
    EXPECT_EQ(expire(21), std::nullopt) << "once";
    EXPECT_TRUE(this->lease("next", 22).has_value());
    const auto beat = [&](const std::string& owner) {
        return this->wrote(
            [&](Session& s) { return heartbeat_job(s, {row.id, owner, 0.5, "warp", at_second(23), at_second(33)}); });
    };
    EXPECT_FALSE(beat("lost"));
    EXPECT_TRUE(beat("next"));
    EXPECT_DOUBLE_EQ(this->read(row.id).progress, 0.5);
    EXPECT_FALSE(this->wrote([&](Session& s) { return finish_job(s, row.id, "lost", "{}", at_second(24)); }));
}

TYPED_TEST(JobTest, CancellingStopsTheWorkerAndReturningKeepsTheAttempt) {
    const JobRow row = this->new_job(0);
    this->enqueue(row);
    this->lease("w", 10);
    EXPECT_TRUE(this->wrote([&](Session& s) { return return_job(s, row.id, "w", at_second(11)); }));
    EXPECT_EQ(this->read(row.id).attempts, 0);
    this->lease("w", 12);
    const auto cancel = [&](const OrganizationId& organization) {
        return this->wrote([&](Session& s) { return cancel_job(s, organization, row.id, at_second(13)); });
    };
    EXPECT_FALSE(cancel(OrganizationId::make()));
    EXPECT_TRUE(cancel(this->organization_.id));
    EXPECT_FALSE(cancel(this->organization_.id));
    EXPECT_FALSE(this->wrote([&](Session& s) { return finish_job(s, row.id, "w", "{}", at_second(14)); }));
}

TYPED_TEST(JobTest, OrganizationsTakeTurnsWhoeverQueuedMoreAndEarlier) {
    OrganizationRow small;
    small.id = OrganizationId::make();
    small.name = "Small";
    small.slug = small.id.str();
    this->write([&](Session& s) { return done(insert_organization(s, small)); });
    for (int n = 0; n < 20; ++n) {
        JobRow row = this->new_job(n);
        row.priority = 7;
        this->enqueue(row);
    }
    std::vector<JobRow> few;
    for (int n = 0; n < 3; ++n) {
        few.push_back(this->new_job(50 + n));
        few.back().organization_id = small.id;
        this->enqueue(few.back());
    }
    JobRow foreign = this->new_job(0);
    foreign.kind = "rendition";
    foreign.organization_id = small.id;
    this->enqueue(foreign);
    std::vector<OrganizationId> turns;
    for (int n = 0; n < 7; ++n)
        turns.push_back(this->lease("w", 100, {"cog_clip"})->organization_id);
    const auto big = this->organization_.id;
    EXPECT_EQ(turns, (std::vector{big, small.id, big, small.id, big, small.id, big}));
    this->wrote([&](Session& s) { return cancel_job(s, small.id, few[0].id, at_second(101)); });
    EXPECT_EQ(this->lease("w", 102)->id, foreign.id) << "the one with fewer running jobs";
    EXPECT_EQ(this->lease("w", 49, {"unknown"}), std::nullopt);
}

TYPED_TEST(JobTest, TextsThatDoNotFitARowAreRefusedWithTheWayOut) {
    JobRow row = this->new_job(0);
    row.payload = std::string(kMaxJobText + 1, ' ');
    const auto queued = this->db_->write_for([&](Session& s) { return enqueue_job(s, row); });
    ASSERT_FALSE(queued);
    EXPECT_EQ(queued.error().code, Code::PayloadTooLarge);
    EXPECT_NE(queued.error().message.find("blob"), std::string::npos);
    row.payload = "{}";
    this->enqueue(row);
    this->lease("w", 10);
    const auto finished = this->db_->write_for(
        [&](Session& s) { return finish_job(s, row.id, "w", std::string(kMaxJobText + 1, ' '), at_second(11)); });
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::PayloadTooLarge);
    EXPECT_EQ(this->read(row.id).state, JobState::Running);
}

TYPED_TEST(JobTest, ListsFilterPageAndHide) {
    std::vector<JobRow> rows;
    for (int n = 0; n < 5; ++n) {
        rows.push_back(this->new_job(n));
        rows.back().is_hidden = n == 4;
        rows.back().kind = n == 3 ? "other" : "cog_clip";
        this->enqueue(rows.back());
    }
    JobList list;
    list.organization_id = this->organization_.id;
    list.limit = 2;
    const auto page = this->got([&](Session& s) { return list_jobs(s, list); });
    EXPECT_EQ(page.total, 4);
    ASSERT_EQ(page.jobs.size(), 2U);
    EXPECT_EQ(page.jobs[0].id, rows[3].id);
    list.kinds = {"cog_clip"};
    list.state = JobState::Pending;
    list.project_id = this->project_.id;
    EXPECT_EQ(this->got([&](Session& s) { return list_jobs(s, list); }).jobs[0].id, rows[2].id);
    list.ids = {rows[2].id.str()};
    EXPECT_EQ(this->got([&](Session& s) { return list_jobs(s, list); }).total, 1);
    list.organization_id = OrganizationId::make();
    EXPECT_EQ(this->got([&](Session& s) { return list_jobs(s, list); }).total, 0);
}

} // namespace
} // namespace landfall::catalog
