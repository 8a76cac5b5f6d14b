#include "unit/operations/registry/dispatch_fixture.hpp"

namespace landfall::operations {
namespace {

class IdempotencyKeys : public Dispatch {};

TEST_F(IdempotencyKeys, ReplaysTheAnswerOfARepeatedKeyAndRunsOnce) {
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

TEST_F(IdempotencyKeys, AnotherBodyUnderTheSameKeyIsAConflict) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.body = kept(body("two"));
    EXPECT_EQ(code("test.make"), Code::Conflict);
    call.body = kept(body("one"));
    EXPECT_TRUE(run("test.make").replayed) << "the first answer still stands";
    EXPECT_EQ(collections(), 1U);
}

TEST_F(IdempotencyKeys, KeysCountForOneOrganizationAnd24Hours) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.request.credentials.api_key = mint({.scopes = {"collections:*"}});
    EXPECT_TRUE(run("test.make").replayed) << "another credential of the same organization";
    clock.advance(std::chrono::hours(24) + std::chrono::seconds(1));
    EXPECT_FALSE(run("test.make").replayed);
    EXPECT_EQ(collections(), 2U);
}

TEST_F(IdempotencyKeys, ReplaysFinalRefusalsEvenWhenTheReasonIsGone) {
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

TEST_F(IdempotencyKeys, StoresNoRefusalThatMayPass) {
    for (const auto* name : {"invalid", "denied", "internal", "throw", "race"}) {
        use_key(std::string("key of ") + name);
        call.body = kept(body(name));
        EXPECT_NE(code("test.make"), std::nullopt);
        EXPECT_FALSE(run("test.make").replayed) << name;
        call.body = kept(body("fine"));
        EXPECT_EQ(code("test.make"), std::nullopt) << name << ": the key is free for the corrected call";
    }
}

TEST_F(IdempotencyKeys, ALostRaceMayBeRepeatedAtOnceAndIsNeverReplayed) {
    use_key("k1");
    race_is_lost = true;
    const auto raced = run("test.race");
    ASSERT_EQ(testing::code_of(raced.answer), Code::Aborted);
    EXPECT_EQ(raced.answer.error().retry_after_seconds, 1);
    race_is_lost = false;
    const auto repeated = run("test.race");
    EXPECT_TRUE(repeated.answer);
    EXPECT_FALSE(repeated.replayed);
    EXPECT_TRUE(run("test.race").replayed) << "what became of it in the end is kept";
}

TEST_F(IdempotencyKeys, AReplayKeepsStatusTagAndHeaders) {
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

TEST_F(IdempotencyKeys, KeysHave1To255BytesAndReadsIgnoreThem) {
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
