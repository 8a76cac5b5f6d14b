#include "catalog/migrations/schema.hpp"
#include "catalog/tenancy/organization.hpp"
#include "jobs/scratch.hpp"
#include "jobs/worker_loop.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <future>
#include <thread>

namespace landfall::jobs {
namespace {

using namespace std::chrono_literals;
using catalog::JobState;

class QueueTest : public ::testing::Test {
protected:
    QueueTest() : folder_(*ScratchFolder::make(fixture::scratch_parent())) {
        database_ = *catalog::open({.url = "sqlite:" + folder_.file("catalog.db")});
        transactor_ = std::make_unique<catalog::Transactor>(*database_, catalog::Transactor::After());
        const auto made = database_->write_for([&](database::Session& session) {
            return catalog::insert_organization(session, {.id = organization_, .name = "Test", .slug = "test"});
        });
        EXPECT_TRUE(made.has_value()) << made.error().cause;
    }

    Status write(const std::function<Status(catalog::Transaction&)>& work) { return transactor_->run(work); }

    JobId enqueue(const std::string& kind, std::int64_t max_attempts = 3) {
        catalog::JobRow row;
        row.id = JobId::make();
        row.kind = kind;
        row.organization_id = organization_;
        row.payload = R"({"n":7})";
        row.max_attempts = max_attempts;
        row.created_at = row.updated_at = row.run_after = clock_.now();
        const auto id =
            database_->write_for([&](database::Session& session) { return catalog::enqueue_job(session, row); });
        EXPECT_TRUE(id.has_value()) << id.error().cause;
        return *id;
    }

    catalog::JobRow find(const JobId& id) {
        const auto row = database_->read_for(
            [&](database::Session& session) { return catalog::find_job(session, organization_, id); });
        EXPECT_TRUE(row.has_value() && row->has_value());
        return row.value_or(std::nullopt).value_or(catalog::JobRow{});
    }

    bool cancel(const JobId& id) {
        return database_
            ->write_for([&](database::Session& session) {
                return catalog::cancel_job(session, organization_, id, clock_.now());
            })
            .value_or(false);
    }

    /// Waits until the job satisfies `is_so`; the test's own timeout bounds it.
    template<typename Predicate>
    catalog::JobRow await(const JobId& id, Predicate is_so) {
        for (;;) {
            catalog::JobRow row = find(id);
            if (is_so(row))
                return row;
            std::this_thread::yield();
        }
    }
    catalog::JobRow await_state(const JobId& id, JobState state) {
        return await(id, [&](const catalog::JobRow& row) { return row.state == state; });
    }

    Queue queue() const { return {*database_, *transactor_}; }
    WorkerLoop loop(std::vector<JobHandler> handlers, WorkerLoopOptions options = kQuick) {
        return WorkerLoop(queue(), clock_, std::move(handlers), options);
    }

    static inline const WorkerLoopOptions kQuick{
        .workers = 2, .heartbeat = 20ms, .report = 10ms, .first_poll = 5ms, .slowest_poll = 50ms};
    ScratchFolder folder_;
    SystemClock clock_;
    OrganizationId organization_ = OrganizationId::make();
    std::unique_ptr<database::Database> database_;
    std::unique_ptr<catalog::Transactor> transactor_;
};

/// A handler that waits until its job must stop.
Result<Json> wait_for_stop(JobContext& context) {
    while (!context.should_stop())
        std::this_thread::yield();
    return fail(Code::Canceled, "stopped");
}

TEST_F(QueueTest, AJobRunsAndItsResultIsStored) {
    auto workers = loop({{"add",
                          [](JobContext& context) -> Result<Json> {
                              TRY(const Json payload, Json::parse(context.job().payload));
                              return Json(payload["n"].as_integer() + 1);
                          },
                          {}}});
    workers.start();
    const JobId id = enqueue("add");
    workers.wake();
    const auto row = await_state(id, JobState::Completed);
    EXPECT_EQ(row.result.value_or(""), "8");
    EXPECT_EQ(row.attempts, 1);
}

TEST_F(QueueTest, WhoCanRunNothingLeavesJobsToOthers) {
    const std::vector<JobHandler> handlers{{"add", [](JobContext&) -> Result<Json> { return Json(1); }, {}}};
    std::atomic<int> asked = 0;
    auto options = kQuick;
    options.able = [&] { return ++asked < 0; };
    auto unable = loop(handlers, options);
    unable.start();
    const JobId id = enqueue("add");
    while (asked < 3)
        std::this_thread::yield();
    EXPECT_EQ(find(id).attempts, 0);
    auto able = loop(handlers);
    able.start();
    EXPECT_EQ(await_state(id, JobState::Completed).attempts, 1);
}

TEST_F(QueueTest, AJobThatAnotherServerEnqueuedIsFoundWithoutAWake) {
    auto workers = loop({{"add", [](JobContext&) -> Result<Json> { return Json(1); }, {}}});
    workers.start();
    await_state(enqueue("add"), JobState::Completed);
}

TEST_F(QueueTest, AFailureTheCallerCanMendIsFinal) {
    std::atomic<int> given_up = 0;
    auto workers =
        loop({{"bad", [](JobContext&) -> Result<Json> { return fail(Code::InvalidArgument, "No such band"); },
               [&](catalog::Transaction&, const catalog::JobRow&, const Error& error) -> Status {
                   EXPECT_EQ(error.message, "No such band");
                   ++given_up;
                   return {};
               }}});
    workers.start();
    const auto row = await_state(enqueue("bad"), JobState::Failed);
    EXPECT_EQ(row.error_message.value_or(""), "No such band");
    EXPECT_EQ(given_up, 1);
}

TEST_F(QueueTest, AnExceptionIsTriedAgainLater) {
    auto workers = loop({{"bad", [](JobContext&) -> Result<Json> { throw std::runtime_error("inside"); }, {}}});
    workers.start();
    const auto row = await(enqueue("bad"), [](const catalog::JobRow& job) { return job.error_message.has_value(); });
    EXPECT_EQ(row.state, JobState::Pending);
    EXPECT_EQ(row.attempts, 1);
    EXPECT_GT(row.run_after, row.created_at);
    EXPECT_EQ(row.error_message->find("inside"), std::string::npos);
}

TEST_F(QueueTest, WithoutAttemptsLeftAJobIsDeadAndGivenUp) {
    std::atomic<int> given_up = 0;
    auto workers = loop({{"bad", [](JobContext&) -> Result<Json> { return fail(Code::Unavailable, "later"); },
                          [&](catalog::Transaction&, const catalog::JobRow&, const Error&) -> Status {
                              ++given_up;
                              return {};
                          }}});
    workers.start();
    await_state(enqueue("bad", 1), JobState::Dead);
    EXPECT_EQ(given_up, 1);
}

TEST_F(QueueTest, ARunningJobNoticesItsCancellation) {
    std::promise<void> started;
    std::promise<void> ended;
    auto workers = loop({{"wait",
                          [&](JobContext& context) -> Result<Json> {
                              started.set_value();
                              auto result = wait_for_stop(context);
                              ended.set_value();
                              return result;
                          },
                          {}}});
    workers.start();
    const JobId id = enqueue("wait");
    started.get_future().wait();
    EXPECT_TRUE(cancel(id));
    ended.get_future().wait();
    workers.stop();
    EXPECT_EQ(find(id).state, JobState::Cancelled);
}

TEST_F(QueueTest, DrainingPutsRunningJobsBackWithoutCountingTheAttempt) {
    std::promise<void> started;
    auto workers = loop({{"wait",
                          [&](JobContext& context) -> Result<Json> {
                              started.set_value();
                              return wait_for_stop(context);
                          },
                          {}}});
    workers.start();
    const JobId id = enqueue("wait");
    started.get_future().wait();
    workers.stop();
    const auto row = find(id);
    EXPECT_EQ(row.state, JobState::Pending);
    EXPECT_EQ(row.attempts, 0);
}

TEST_F(QueueTest, AHandlerThatIgnoresTheDrainLosesItsJob) {
    std::promise<void> started;
    std::promise<void> release;
    auto options = kQuick;
    options.drain = 10ms;
    const JobId id = enqueue("deaf");
    {
        auto workers = loop({{"deaf",
                              [&](JobContext&) -> Result<Json> {
                                  started.set_value();
                                  release.get_future().wait();
                                  return Json("late");
                              },
                              {}}},
                            options);
        workers.start();
        started.get_future().wait();
        workers.stop();
        EXPECT_EQ(find(id).state, JobState::Pending);
        release.set_value();
    }
    EXPECT_EQ(find(id).state, JobState::Pending);
}

TEST_F(QueueTest, TheJobsOfADeadServerAreTakenOver) {
    const JobId id = enqueue("add");
    const auto leased = database_->write_for([&](database::Session& session) {
        const Timestamp past = clock_.now();
        return catalog::lease_next_job(session, {"dead server", {}, past, past + 1us});
    });
    ASSERT_TRUE(leased.has_value() && leased->has_value());
    auto workers = loop({{"add", [](JobContext&) -> Result<Json> { return Json(1); }, {}}});
    workers.start();
    EXPECT_EQ(await_state(id, JobState::Completed).attempts, 2);
}

TEST_F(QueueTest, AJobThatDiesWithItsServerIsGivenUp) {
    const JobId id = enqueue("add", 1);
    const auto leased = database_->write_for([&](database::Session& session) {
        const Timestamp past = clock_.now();
        return catalog::lease_next_job(session, {"dead server", {}, past, past + 1us});
    });
    ASSERT_TRUE(leased.has_value() && leased->has_value());
    std::vector<std::string> given_up;
    {
        auto workers = loop({{"add", [](JobContext&) -> Result<Json> { return Json(1); },
                              [&](catalog::Transaction&, const catalog::JobRow& job, const Error& error) -> Status {
                                  given_up.push_back(job.id.str() + " " + error.message);
                                  return {};
                              }}});
        workers.start();
        await_state(id, JobState::Dead);
    }
    EXPECT_EQ(given_up, std::vector{id.str() + " The worker stopped answering."});
}

TEST_F(QueueTest, OneThatCannotBeGivenUpHoldsNoOtherBack) {
    const JobId stuck = enqueue("stuck", 1);
    const JobId other = enqueue("add", 1);
    const JobId foreign = enqueue("foreign", 1);
    for (int i = 0; i < 3; ++i) {
        const auto leased = transactor_->run_for([&](database::Session& session) {
            const Timestamp past = clock_.now();
            return catalog::lease_next_job(session, {"dead server", {}, past, past + 1us});
        });
        ASSERT_TRUE(leased.has_value() && leased->has_value());
    }
    const auto run = [](JobContext&) -> Result<Json> { return Json(1); };
    auto workers = loop({{"stuck", run,
                          [](catalog::Transaction&, const catalog::JobRow&, const Error&) -> Status {
                              return fail(Code::Internal, "cannot");
                          }},
                         {"add", run, {}}});
    workers.start();
    await_state(other, JobState::Dead);
    EXPECT_EQ(find(stuck).state, JobState::Running) << "it is tried again";
    EXPECT_EQ(find(foreign).state, JobState::Running) << "only a server that knows its kind can give it up";
}

TEST_F(QueueTest, AResultThatFitsNoRowIsAFailure) {
    auto workers =
        loop({{"add", [](JobContext&) -> Result<Json> { return Json(std::string(catalog::kMaxJobText, 'x')); }, {}}});
    workers.start();
    const JobId id = enqueue("add", 1);
    workers.wake();
    await_state(id, JobState::Dead);
}

TEST_F(QueueTest, ALongJobKeepsItsLease) {
    auto options = kQuick;
    options.lease = 200ms;
    std::atomic<int> runs = 0;
    std::promise<void> release;
    auto released = release.get_future().share();
    const JobHandler handler{"long",
                             [&, released](JobContext&) -> Result<Json> {
                                 ++runs;
                                 released.wait();
                                 return Json("done");
                             },
                             {}};
    auto first = loop({handler}, options);
    auto second = loop({handler}, options);
    first.start();
    second.start();
    const JobId id = enqueue("long");
    const auto lease = await(id, [](const catalog::JobRow& job) { return job.lease_until.has_value(); });
    await(id, [&](const catalog::JobRow& job) { return job.lease_until > *lease.lease_until + 400ms; });
    release.set_value();
    EXPECT_EQ(await_state(id, JobState::Completed).attempts, 1);
    EXPECT_EQ(runs, 1);
}

TEST_F(QueueTest, ProgressReachesTheDatabaseWithoutWaitingForAHeartbeat) {
    WorkerLoopOptions seldom = kQuick;
    seldom.heartbeat = seldom.lease = 1h;
    std::promise<void> release;
    auto workers = loop({{"slow",
                          [&](JobContext& context) -> Result<Json> {
                              context.progress(0.5, 1)(0.5, "writing");
                              release.get_future().wait();
                              return Json();
                          },
                          {}}},
                        seldom);
    workers.start();
    const JobId id = enqueue("slow");
    const auto row = await(id, [](const catalog::JobRow& job) { return job.progress > 0; });
    EXPECT_DOUBLE_EQ(row.progress, 0.75);
    EXPECT_EQ(row.stage.value_or(""), "writing");
    release.set_value();
    await_state(id, JobState::Completed);
}

TEST_F(QueueTest, JobsRunAtTheSameTime) {
    std::barrier together(2);
    auto workers = loop({{"meet",
                          [&](JobContext&) -> Result<Json> {
                              together.arrive_and_wait();
                              return Json();
                          },
                          {}}});
    workers.start();
    const JobId first = enqueue("meet");
    const JobId second = enqueue("meet");
    await_state(first, JobState::Completed);
    await_state(second, JobState::Completed);
}

TEST_F(QueueTest, AHandlerCanFinishInItsOwnTransaction) {
    auto workers = loop({{"make",
                          [&](JobContext& context) -> Result<Json> {
                              CHECK_OK(write([&](catalog::Transaction& transaction) {
                                  return context.finish(transaction, Json("made"));
                              }));
                              return Json("ignored");
                          },
                          {}}});
    workers.start();
    EXPECT_EQ(await_state(enqueue("make"), JobState::Completed).result.value_or(""), R"("made")");
}

TEST_F(QueueTest, ACancelledJobCannotFinish) {
    std::promise<Code> refused;
    auto workers = loop({{"make",
                          [&](JobContext& context) -> Result<Json> {
                              EXPECT_TRUE(cancel(context.job().id));
                              const Status finished = write([&](catalog::Transaction& transaction) {
                                  return context.finish(transaction, Json("made"));
                              });
                              refused.set_value(finished ? Code::Internal : finished.error().code);
                              CHECK_OK(finished);
                              return Json();
                          },
                          {}}});
    workers.start();
    const JobId id = enqueue("make");
    EXPECT_EQ(refused.get_future().get(), Code::Conflict);
    workers.stop();
    EXPECT_EQ(find(id).state, JobState::Cancelled);
}

TEST_F(QueueTest, KindsWithoutAHandlerAreLeftAlone) {
    auto workers = loop({{"mine", [](JobContext&) -> Result<Json> { return Json(); }, {}}});
    workers.start();
    const JobId other = enqueue("other");
    await_state(enqueue("mine"), JobState::Completed);
    EXPECT_EQ(find(other).state, JobState::Pending);
}

TEST_F(QueueTest, ACancellationReachesTheSandboxedTask) {
    std::promise<TaskEnd> end;
    auto workers = loop({{"task",
                          [&](JobContext& context) -> Result<Json> {
                              const auto outcome = fixture::launcher().run(
                                  schema::TaskSpec<Json, Json>{"report_then_hang"}, folder_.path(), Json::object(),
                                  {.wall = 5min}, context.progress());
                              end.set_value(outcome.end);
                              return outcome.answer;
                          },
                          {}}});
    workers.start();
    const JobId id = enqueue("task");
    await(id, [](const catalog::JobRow& job) { return job.progress > 0; });
    EXPECT_TRUE(cancel(id));
    EXPECT_EQ(end.get_future().get(), TaskEnd::Canceled);
    workers.stop();
    EXPECT_EQ(find(id).state, JobState::Cancelled);
}

TEST_F(QueueTest, FortyJobsAreEachDoneOnceByTwoLoops) {
    std::atomic<int> runs = 0;
    const JobHandler handler{"count", [&](JobContext&) -> Result<Json> { return Json(++runs); }, {}};
    auto first = loop({handler});
    auto second = loop({handler});
    first.start();
    second.start();
    std::vector<JobId> ids;
    for (int i = 0; i < 40; ++i)
        ids.push_back(enqueue("count"));
    for (const JobId& id : ids)
        await_state(id, JobState::Completed);
    EXPECT_EQ(runs, 40);
}

} // namespace
} // namespace landfall::jobs
