#include "domain/upkeep/job_kinds.hpp"
#include "domain/upkeep/sweep.hpp"
#include "domain/work/job_kind.hpp"
#include "jobs/worker_loop.hpp"
#include "support/domain_fixture.hpp"

#include <thread>

namespace landfall::domain {
namespace {

using catalog::JobState;
using testing::code_of;

struct CountPayload {
    std::string letter;
};
constexpr auto describe(schema::Of<CountPayload>) {
    return schema::fields(schema::field("letter", &CountPayload::letter, {.required = true, .max_length = 1}));
}
struct CountResult {
    std::int64_t count = 0;
};
constexpr auto describe(schema::Of<CountResult>) {
    return schema::fields(schema::field("count", &CountResult::count));
}

/// Counts a letter in a text too large for a row, and answers the text without it as a blob.
Result<CountResult> run_count(const Services& services, jobs::JobContext& job, const CountPayload& payload) {
    TRY(const auto input, open_input(services, job, "text"));
    std::string text(static_cast<std::size_t>(input->size()), '\0');
    TRY(const std::size_t got, input->read(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    text.resize(got);
    CountResult result;
    result.count = static_cast<std::int64_t>(std::erase(text, payload.letter.at(0)));
    TRY(const auto rest, hold_bytes(services.store, text));
    CHECK_OK(services.transactor.run([&](catalog::Transaction& transaction) -> Status {
        CHECK_OK(add_output(transaction, job, "rest", rest));
        return job.finish(transaction, result);
    }));
    return result;
}

Result<CountResult> run_nothing(const Services&, jobs::JobContext&, const CountPayload&) {
    return fail(Code::InvalidArgument, "There is nothing to count");
}

std::string given_up; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): kinds are plain functions

Status give_up_count(const Services&, catalog::Transaction&, const catalog::JobRow&, const CountPayload& payload,
                     const Error& error) {
    given_up += payload.letter + ": " + error.message;
    return {};
}

constexpr JobKind<CountPayload, CountResult> kCount{.name = "test.count", .run = run_count};
constexpr JobKind<CountPayload, CountResult> kHopeless{
    .name = "test.hopeless", .max_attempts = 1, .run = run_nothing, .give_up = give_up_count};

class JobKinds : public testing::DomainTest {
protected:
    JobSubject subject() { return {.organization_id = organization, .inputs = {{"asset", "as_1"}}}; }
    catalog::JobRow find(const JobId& id) {
        return got([&](database::Session& s) { return catalog::find_job(s, organization, id); }).value();
    }
    /// Runs jobs on the fixture's clock until one has ended.
    catalog::JobRow finish(const JobId& id) {
        jobs::WorkerLoop loop({*database, transactor}, clock,
                              {handler_of(services, kCount), handler_of(services, kHopeless)},
                              {.workers = 1, .first_poll = std::chrono::milliseconds(1)});
        loop.start();
        for (;;) {
            auto job = find(id);
            if (job.state != JobState::Pending && job.state != JobState::Running)
                return job;
            std::this_thread::yield();
        }
    }
    SweepReport run_sweep() { return *sweep({*database, transactor, *store}, clock, {std::chrono::seconds(0), {}}); }
};

TEST_F(JobKinds, AJobReadsAndAnswersBlobsThatNoRowCouldHold) {
    const std::string text(std::size_t{1} << 20, 'a');
    JobId id;
    {
        const auto held = hold_bytes(*store, text + "bcb");
        ASSERT_TRUE(held);
        const auto queued = as(key, [&](Context& cx) {
            auto about = subject();
            about.blobs = {{"text", held->info}};
            auto made = enqueue(cx, kCount, {"b"}, about);
            EXPECT_TRUE(cx.transaction.effects().jobs_queued);
            return made;
        });
        ASSERT_TRUE(queued) << queued.error().cause;
        id = *queued;
    }
    EXPECT_EQ(run_sweep().orphans_removed, 0) << "the job's row keeps its input";
    EXPECT_EQ(got([&](database::Session& s) { return catalog::list_job_links(s, id, catalog::JobRole::Input); }),
              (std::vector<catalog::Entity>{{"asset", "as_1"}}));
    const auto job = finish(id);
    EXPECT_EQ(job.state, JobState::Completed);
    EXPECT_EQ(job.result, R"({"count":2})");
    const auto rest =
        got([&](database::Session& s) { return catalog::find_job_blob(s, id, catalog::JobRole::Output, "rest"); });
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->size, static_cast<std::int64_t>(text.size()) + 1);
    EXPECT_EQ(run_sweep().job_blobs_released, 1) << "the input";
    EXPECT_EQ(blobs(), std::vector{rest->blob_key});
    clock.advance(std::chrono::hours(24 * 7 + 1));
    EXPECT_EQ(run_sweep().job_blobs_released, 1) << "the output, a week later";
    EXPECT_TRUE(blobs().empty());
}

TEST_F(JobKinds, ABlobThatBecameAnObjectStaysWhenItsJobLetsGo) {
    const auto held = hold_bytes(*store, "bytes");
    catalog::ObjectRow object;
    object.id = ObjectId::make();
    object.organization_id = organization;
    object.blob_key = held->info.key;
    wrote([&](database::Session& s) -> Result<bool> {
        CHECK_OK(catalog::insert_object(s, object));
        return true;
    });
    const auto id = as(key, [&](Context& cx) {
        auto about = subject();
        about.blobs = {{"text", held->info}};
        return enqueue(cx, kHopeless, {"x"}, about);
    });
    finish(*id);
    EXPECT_EQ(run_sweep().job_blobs_released, 1);
    EXPECT_EQ(blobs(), std::vector{held->info.key});
}

TEST_F(JobKinds, TheBlobsOfATwinAreReleased) {
    const auto queue = [&] {
        const auto held = hold_bytes(*store, "bytes");
        return as(key, [&](Context& cx) {
            auto about = subject();
            about.dedupe_key = "one";
            about.blobs = {{"text", held->info}};
            return enqueue(cx, kCount, {"b"}, about);
        });
    };
    const auto first = queue();
    EXPECT_TRUE(released.empty());
    EXPECT_EQ(*queue(), *first);
    EXPECT_EQ(released.size(), 1U);
}

TEST_F(JobKinds, ALargePayloadBelongsIntoABlob) {
    const auto queued =
        as(key, [&](Context& cx) { return enqueue(cx, kCount, {std::string(70'000, 'x')}, subject()); });
    EXPECT_EQ(code_of(queued), Code::PayloadTooLarge);
}

TEST_F(JobKinds, AJobIsGivenUpWithItsPayload) {
    given_up.clear();
    const auto id = as(key, [&](Context& cx) { return enqueue(cx, kHopeless, {"h"}, subject()); });
    EXPECT_EQ(finish(*id).state, JobState::Failed);
    EXPECT_EQ(given_up, "h: There is nothing to count");
}

TEST_F(JobKinds, APayloadThatItsTableDoesNotAllowEndsTheJobOnce) {
    given_up.clear();
    catalog::JobRow row;
    row.id = JobId::make();
    row.kind = kHopeless.name;
    row.organization_id = organization;
    row.payload = R"({"letter":"too long"})";
    row.run_after = row.created_at = row.updated_at = clock.now();
    wrote([&](database::Session& s) { return catalog::enqueue_job(s, row); });
    const auto job = finish(row.id);
    EXPECT_EQ(job.state, JobState::Failed);
    EXPECT_EQ(job.attempts, 1);
    EXPECT_EQ(given_up, "");
}

TEST_F(JobKinds, EveryKindOfTheListHasANameOfItsOwn) {
    std::vector<std::string> names;
    for (const auto& handler : job_handlers(services))
        names.push_back(handler.kind);
    EXPECT_EQ(names, (std::vector<std::string>{"cog_clip", "item.cog", "item.thumbnail", "item.scan", "upload.read",
                                               "asset.read", "asset.checksum"}));
}

} // namespace
} // namespace landfall::domain
