#include "unit/operations/registry/dispatch_fixture.hpp"

namespace landfall::operations {
namespace {

class IdempotencyKeys : public Dispatch {};

TEST_F(IdempotencyKeys, replays_the_answer_of_a_repeated_key_and_runs_once) {
    use_key("k1");
    const auto first = run("test.make");
    ASSERT_TRUE(first.answer);
    call.body =
        kept(" " + Json::object({{"name", "one"}, {"project_id", project.str()}}).dump()); // members in another order
    const auto second = run("test.make");
    ASSERT_TRUE(second.answer) << second.answer.error().message;
    EXPECT_EQ(second.answer->bytes, first.answer->bytes);
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(collections(), 1U);
}

TEST_F(IdempotencyKeys, another_body_under_the_same_key_is_a_conflict) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.body = kept(body("two"));
    EXPECT_EQ(code("test.make"), Code::Conflict);
    call.body = kept(body("one"));
    EXPECT_TRUE(run("test.make").replayed) << "the first answer still stands";
    EXPECT_EQ(collections(), 1U);
}

TEST_F(IdempotencyKeys, keys_count_for_one_organization_and_24_hours) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.request.credentials.api_key = mint({.scopes = {"collections:*"}});
    EXPECT_TRUE(run("test.make").replayed) << "another credential of the same organization";
    clock.advance(std::chrono::hours(24) + std::chrono::seconds(1));
    EXPECT_FALSE(run("test.make").replayed);
    EXPECT_EQ(collections(), 2U);
}

TEST_F(IdempotencyKeys, replays_final_refusals_even_when_the_reason_is_gone) {
    use_key("k1");
    archive_project();
    const auto first = run("test.make");
    ASSERT_EQ(testing::code_of(first.answer), Code::Conflict);
    const Status done = database->write([&](database::Session& s) -> Status {
        TRY(auto row, catalog::find_project(s, organization, project));
        row->is_archived = false;
        return catalog::update_project(s, *row).map([](bool) {});
    });
    ASSERT_TRUE(done);
    const auto second = run("test.make");
    ASSERT_EQ(testing::code_of(second.answer), Code::Conflict);
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(second.answer.error().message, first.answer.error().message);
    use_key("k2");
    EXPECT_EQ(code("test.make"), std::nullopt);
}

TEST_F(IdempotencyKeys, stores_no_refusal_that_may_pass) {
    for (const auto* name : {"invalid", "denied", "internal", "throw", "race"}) {
        use_key(std::string("key of ") + name);
        call.body = kept(body(name));
        EXPECT_NE(code("test.make"), std::nullopt);
        EXPECT_FALSE(run("test.make").replayed) << name;
        call.body = kept(body("fine"));
        EXPECT_EQ(code("test.make"), std::nullopt) << name << ": the key is free for the corrected call";
    }
}

TEST_F(IdempotencyKeys, a_lost_race_may_be_repeated_at_once_and_is_never_replayed) {
    use_key("k1");
    race_is_lost = true;
    const auto lost = run("test.race");
    ASSERT_EQ(testing::code_of(lost.answer), Code::Aborted);
    EXPECT_EQ(lost.answer.error().retry_after_seconds, 1);
    race_is_lost = false;
    const auto repeated = run("test.race");
    EXPECT_TRUE(repeated.answer);
    EXPECT_FALSE(repeated.replayed);
    EXPECT_TRUE(run("test.race").replayed) << "what became of it in the end is kept";
}

TEST_F(IdempotencyKeys, a_key_of_a_call_that_still_runs_is_a_lost_race) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    (void)wrote([&](database::Session& s) { return s.run("UPDATE idempotency_key SET state = 'in_progress'"); });
    const auto meanwhile = run("test.make");
    ASSERT_EQ(testing::code_of(meanwhile.answer), Code::Aborted);
    EXPECT_EQ(meanwhile.answer.error().retry_after_seconds, 1);
}

TEST_F(IdempotencyKeys, a_replay_keeps_status_tag_and_headers) {
    use_key("k1");
    const auto first = run("test.place");
    ASSERT_TRUE(first.answer);
    EXPECT_EQ(first.answer->status, 201);
    const auto second = run("test.place");
    ASSERT_TRUE(second.answer);
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(second.answer->status, 201);
    EXPECT_EQ(second.answer->media_type, "application/geo+json");
    EXPECT_EQ(second.answer->etag, "v1");
    EXPECT_EQ(second.answer->bytes, first.answer->bytes);
    EXPECT_EQ(second.answer->headers, first.answer->headers);
    EXPECT_EQ(second.answer->headers.at(0).second, "/here");
}

TEST_F(IdempotencyKeys, keys_have_1_to_255_bytes_and_reads_ignore_them) {
    for (const auto& bad : {std::string(), std::string(256, 'x')}) {
        use_key(bad);
        EXPECT_EQ(code("test.make"), Code::InvalidArgument);
        EXPECT_EQ(code("test.look"), std::nullopt);
    }
    use_key(std::string(255, 'x'));
    EXPECT_EQ(code("test.make"), std::nullopt);
}

} // namespace
} // namespace landfall::operations
