#include "unit/operations/registry/dispatch_fixture.hpp"

#include <gmock/gmock.h>

namespace landfall::operations {
namespace {

TEST_F(Dispatch, AnswersASoundCall) {
    const auto outcome = run("test.make");
    ASSERT_TRUE(outcome.answer) << outcome.answer.error().message << outcome.answer.error().cause;
    EXPECT_EQ(outcome.answer->media_type, "application/json");
    EXPECT_TRUE(Json::parse(outcome.answer->bytes).value()["id"].as_string().starts_with("col_"));
    EXPECT_EQ(outcome.principal, key_id);
    EXPECT_FALSE(outcome.replayed);
    ASSERT_TRUE(outcome.rate);
    EXPECT_EQ(outcome.rate->limit, 600);
    EXPECT_EQ(outcome.rate->remaining, 599);
}

TEST_F(Dispatch, TakesTheBearerTokenBeforeTheApiKey) {
    call.request.credentials.authorization = "Bearer " + secret;
    call.request.credentials.api_key = "nonsense";
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.request.credentials.authorization = "Bearer nonsense";
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
}

TEST_F(Dispatch, RefusesInTheOrderCredentialsRateScopeInputRules) {
    services.settings.limits.operations_per_minute = 3;
    restart();
    // Everything is wrong: bad credentials, no scope, malformed body.
    call.request.credentials.api_key = "gpra_unknown";
    call.body = kept("{");
    EXPECT_EQ(code("test.make"), Code::Unauthenticated);
    call.request.credentials.api_key = mint({.scopes = {"items:read"}});
    EXPECT_EQ(code("test.make"), Code::PermissionDenied);
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.make"), Code::BadRequest);
    call.body = kept(Json::object({{"project_id", ProjectId::make().str()}}).dump());
    EXPECT_EQ(code("test.make"), Code::InvalidArgument) << "before the project is looked for";
    EXPECT_EQ(code("test.make"), Code::ResourceExhausted) << "the fourth call of the organization";
    call.request.credentials.api_key = mint({.scopes = {"items:read"}});
    EXPECT_EQ(code("test.make"), Code::ResourceExhausted) << "before the scope";
    call.request.credentials.api_key = "gpra_unknown";
    EXPECT_EQ(code("test.make"), Code::Unauthenticated) << "before the rate";
    clock.advance(std::chrono::minutes(1));
    call.request.credentials.api_key = secret;
    call.body = kept(Json::object({{"project_id", ProjectId::make().str()}, {"name", "x"}}).dump());
    EXPECT_EQ(code("test.make"), Code::NotFound);
}

TEST_F(Dispatch, LimitsWhatStrangersOfOneAddressMayTry) {
    services.settings.limits.public_per_minute = 3;
    restart();
    call.request.remote_address = "192.0.2.1";
    call.request.credentials.api_key = "gpra_unknown";
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(code("test.look"), Code::Unauthenticated);
    call.request.credentials.api_key = "";
    const auto refused = run("test.look").answer;
    EXPECT_EQ(testing::code_of(refused), Code::ResourceExhausted);
    EXPECT_GE(refused.error().retry_after_seconds, 1);
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.look"), std::nullopt) << "the neighbour behind the same address";
    call.request.credentials.api_key = "";
    call.request.remote_address = "192.0.2.2";
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
    for (const std::string host : {"1", "2", "3"}) {
        call.request.remote_address = "2001:db8::" + host;
        EXPECT_EQ(code("test.look"), Code::Unauthenticated);
    }
    call.request.remote_address = "2001:db8::4";
    EXPECT_EQ(code("test.look"), Code::ResourceExhausted) << "the same network";
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
}

TEST_F(Dispatch, KeepsOneRecordAMinuteOfWhatStrangersAreRefused) {
    const auto records = [&] {
        journal->flush();
        return got([&](database::Session& s) -> Result<std::int64_t> {
            std::int64_t count = 0;
            CHECK_OK(s.each("SELECT count(*) FROM audit_log WHERE principal_type = 'anonymous'",
                            [&](const database::Row& row) { count = row.integer(0); }));
            return count;
        });
    };
    call.request.credentials.api_key = "";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(code("test.look"), Code::Unauthenticated);
    EXPECT_EQ(records(), 1);
    call.request.remote_address = "192.0.2.77";
    EXPECT_EQ(code("test.make"), Code::Unauthenticated);
    EXPECT_EQ(records(), 2);
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(code("test.make"), Code::Unauthenticated);
    EXPECT_EQ(records(), 3);
}

TEST_F(Dispatch, NamesTheMissingScopeAndTheOperation) {
    call.request.credentials.api_key = mint({.scopes = {"collections:read"}});
    EXPECT_EQ(code("test.look"), std::nullopt);
    const auto refused = run("test.make").answer;
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "missing scope 'collections:write' for 'test.make'");
}

TEST_F(Dispatch, TellsWhenToComeBackAndLetsTheCallerInThen) {
    services.settings.limits.operations_per_minute = 1;
    restart();
    EXPECT_EQ(code("test.look"), std::nullopt);
    clock.advance(std::chrono::seconds(20));
    const auto refused = run("test.look");
    ASSERT_EQ(testing::code_of(refused.answer), Code::ResourceExhausted);
    EXPECT_EQ(refused.answer.error().retry_after_seconds, refused.rate->reset_seconds);
    clock.advance(std::chrono::seconds(refused.rate->reset_seconds));
    EXPECT_EQ(code("test.look"), std::nullopt);
}

TEST_F(Dispatch, CountsSpendingApartAndAKeySOwnLimitBesides) {
    services.settings.limits.spend_per_minute = 1;
    restart();
    EXPECT_EQ(code("test.spend"), std::nullopt);
    EXPECT_EQ(code("test.spend"), Code::ResourceExhausted);
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.request.credentials.api_key = mint({.scopes = {"collections:*"}, .rate_limit = 2});
    EXPECT_EQ(code("test.look"), std::nullopt);
    EXPECT_EQ(code("test.look"), std::nullopt);
    EXPECT_EQ(code("test.look"), Code::ResourceExhausted);
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.look"), std::nullopt);
}

TEST_F(Dispatch, ReadsAnEmptyBodyNullAndAnEmptyObjectAlike) {
    for (const auto* text : {"", " \r\n", "null", "{}", " {} "}) {
        call.body = kept(text);
        const auto refused = run("test.look").answer;
        ASSERT_EQ(testing::code_of(refused), Code::InvalidArgument) << text;
        EXPECT_EQ(refused.error().fields.size(), 2U) << "both missing members";
    }
    for (const auto* text : {"[]", "1", "\"x\"", "true"}) {
        call.body = kept(text);
        const auto refused = run("test.look").answer;
        ASSERT_EQ(testing::code_of(refused), Code::InvalidArgument) << text;
        EXPECT_TRUE(refused.error().fields.at(0).path.empty()) << "the body itself is meant";
    }
    call.body = kept(std::string(100, '['));
    EXPECT_EQ(code("test.look"), Code::BadRequest);
}

TEST_F(Dispatch, RollsBackWhatAFailingOperationWrote) {
    for (const auto& [name, expected] :
         {std::pair{"conflict", Code::Conflict}, std::pair{"invalid", Code::InvalidArgument},
          std::pair{"internal", Code::Internal}, std::pair{"throw", Code::Internal}}) {
        call.body = kept(body(name));
        const auto refused = run("test.make").answer;
        ASSERT_EQ(testing::code_of(refused), expected) << name;
        EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
    }
    EXPECT_EQ(collections(), 0U);
    call.body = kept(body("fine"));
    EXPECT_EQ(code("test.make"), std::nullopt) << "the writer still works";
}

TEST_F(Dispatch, AProducerWithoutLineageFailsAndLeavesNothing) {
    const auto refused = run("test.forget").answer;
    ASSERT_EQ(testing::code_of(refused), Code::Internal);
    EXPECT_NE(refused.error().cause.find("lineage"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("lineage"), std::string::npos);
    EXPECT_EQ(collections(), 0U);
}

TEST_F(Dispatch, AuditsAWriteInItsTransaction) {
    call.request.remote_address = "192.0.2.7";
    call.request.user_agent = "agent/1";
    const auto made = Json::parse(run("test.make").answer->bytes).value()["id"].as_string();
    const auto rows = audit(); // without a flush of the journal
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].operation_id, "test.make");
    EXPECT_EQ(rows[0].request_id, call.request.request_id);
    EXPECT_EQ(rows[0].principal_id, key_id);
    EXPECT_EQ(rows[0].principal_type, "api_key");
    EXPECT_EQ(rows[0].side_effect, "compute");
    EXPECT_EQ(rows[0].outcome, "ok");
    EXPECT_EQ(rows[0].ip, "192.0.2.7");
    EXPECT_EQ(rows[0].user_agent, "agent/1");
    EXPECT_EQ(Json::parse(rows[0].targets).value().dump(), Json::array({Json(made)}).dump());
    journal->flush();
    EXPECT_EQ(audit().size(), 1U) << "once";
}

TEST_F(Dispatch, AuditsReadsAndRefusalsThroughTheJournal) {
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.body = kept(body("conflict"));
    EXPECT_EQ(code("test.make"), Code::Conflict);
    call.request.credentials.api_key = mint({.scopes = {"items:read"}});
    EXPECT_EQ(code("test.make"), Code::PermissionDenied);
    journal->flush();
    const auto rows = audit();
    std::vector<std::string> outcomes;
    for (const auto& row : rows)
        outcomes.push_back(row.outcome);
    EXPECT_THAT(outcomes, ::testing::UnorderedElementsAre("ok", "conflict", "permission_denied"));
}

TEST_F(Dispatch, ASpecSaysStatusAndMediaTypeOfItsAnswers) {
    const auto made = run("test.race");
    ASSERT_TRUE(made.answer);
    EXPECT_EQ(made.answer->status, 201);
    EXPECT_EQ(made.answer->media_type, "application/vnd.test+json");
}

TEST_F(Dispatch, ConditionsAreAskedInsideTheTransactionAndNothingIsDoneWhereTheyFail) {
    call.request.preconditions.if_match = "\"v0\"";
    EXPECT_EQ(code("test.place"), Code::PreconditionFailed);
    call.request.preconditions.if_match = "\"v1\"";
    EXPECT_EQ(code("test.place"), std::nullopt);
    call.request.preconditions = {.if_none_match = "\"v1\""};
    EXPECT_EQ(code("test.place"), Code::PreconditionFailed);
    const auto read = run("test.tagged");
    ASSERT_TRUE(read.answer);
    EXPECT_EQ(read.answer->status, 304);
    EXPECT_EQ(read.answer->bytes, "");
    EXPECT_EQ(read.answer->etag, "v1");
    call.request.preconditions = {.if_none_match = "\"v2\""};
    EXPECT_EQ(run("test.tagged").answer->status, 200);
}

TEST_F(Dispatch, RefusesBodiesBeyondTheBytesAndValuesThatASpecAllows) {
    call.body = kept(
        Json::object({{"project_id", project.str()}, {"name", "x"}, {"more", Json::array({1, 2, 3, 4, 5})}}).dump());
    EXPECT_EQ(code("test.race"), Code::PayloadTooLarge) << "values";
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.body = kept(body("x") + std::string(200, ' '));
    EXPECT_EQ(code("test.race"), Code::PayloadTooLarge) << "bytes";
    EXPECT_EQ(code("test.look"), std::nullopt);
}

TEST_F(Dispatch, OfTheRealOperationsSplits403And404AndGivesFinal402) {
    const Registry real = make_registry();
    Dispatcher server(real, *pipeline);
    const auto ask = [&](std::string_view id, const Json& input) {
        call.body = kept(input.dump());
        call.request.request_id = RequestId::make().str();
        return testing::code_of(server.dispatch(*real.find(id), call).answer);
    };
    call.request.credentials.api_key = mint({.scopes = auth::default_scopes()});
    const Json wanted = Json::object({{"project_id", project.str()}, {"total_bytes", 100}});
    EXPECT_EQ(ask("uploads.initiate", wanted), std::nullopt);
    EXPECT_EQ(ask("uploads.initiate", Json::object({{"project_id", ProjectId::make().str()}})), Code::NotFound);
    EXPECT_EQ(ask("uploads.initiate", Json::object({{"project_id", project.str()}, {"file_count", 0}})),
              Code::InvalidArgument);
    EXPECT_EQ(ask("uploads.initiate", Json::object({{"project_id", project.str()}, {"total_bytes", -1}})),
              Code::InvalidArgument);
    EXPECT_EQ(ask("api_keys.create", Json::object({{"name", "n"}, {"permissions", Json::array({"admin:write"})}})),
              Code::PermissionDenied);
    EXPECT_EQ(ask("api_keys.create", Json::object({{"name", "n"}, {"permissions", Json::array({"items"})}})),
              Code::InvalidArgument);
    EXPECT_EQ(ask("api_keys.revoke", Json::object({{"key_id", "key_x"}})), Code::NotFound);
    EXPECT_EQ(ask("items.get", Json::object({{"item_id", "it_x"}})), Code::NotFound);
    set_quota(150);
    EXPECT_EQ(ask("uploads.initiate", wanted), Code::PaymentRequired);
    EXPECT_EQ(storage().reserved, 100);
}

TEST_F(Dispatch, ARevokedKeyStopsWorkingAtOnce) {
    EXPECT_EQ(code("test.look"), std::nullopt);
    (void)wrote([&](catalog::Transaction& transaction) {
        transaction.changes(organization);
        return catalog::revoke_api_key(transaction, organization, ApiKeyId(key_id), clock.now());
    });
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
}

} // namespace
} // namespace landfall::operations
