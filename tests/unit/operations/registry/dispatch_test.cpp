#include "auth/secrets.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "core/text.hpp"
#include "domain/items/collections.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "operations/registry/dispatch.hpp"
#include "support/domain_fixture.hpp"

#include <deque>
#include <gmock/gmock.h>
#include <stdexcept>

namespace landfall::operations {
namespace {

/// A body that outlives its call.
std::string_view kept(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

struct Input {
    ProjectId project_id;
    std::string name;
};
constexpr auto describe(schema::Of<Input>) {
    return std::tuple(schema::field("project_id", &Input::project_id, {.required = true}),
                      schema::field("name", &Input::name, {.required = true, .max_length = 20}));
}
struct Output {
    std::string id;
};
constexpr auto describe(schema::Of<Output>) {
    return std::tuple(schema::field("id", &Output::id));
}

/// Names that begin so make the operations below fail in that way, after they wrote a row.
Result<Output> fail_as_told(const std::string& name) {
    if (name == "conflict")
        return fail(Code::Conflict, "Told to");
    if (name == "race")
        return fail_race("Told to");
    if (name == "invalid")
        return fail_field("name", "Told to");
    if (name == "denied")
        return fail(Code::PermissionDenied, "Told to");
    if (name == "internal")
        return fail_internal("secret of the server");
    if (name == "throw")
        throw std::runtime_error("secret of the library");
    return Output{};
}

Result<Output> make(domain::Context& cx, const Input& in) {
    TRY(const auto row, domain::create_collection(cx, {in.project_id, in.name, {}, {}, true, 0}));
    CHECK_OK(fail_as_told(in.name));
    return Output{row.id.str()};
}

/// As above, but it forgets the lineage of what it made.
Result<Output> make_without_lineage(domain::Context& cx, const Input& in) {
    catalog::CollectionRow row;
    row.id = CollectionId::make();
    row.organization_id = cx.principal.organization_id;
    row.project_id = in.project_id;
    row.stac_id = row.id.str();
    row.name = in.name;
    CHECK_OK(catalog::insert_collection(cx.session, row));
    cx.artifact_produced = true;
    return Output{row.id.str()};
}

Result<Output> look(domain::Context&, const Input& in) {
    CHECK_OK(fail_as_told(in.name));
    return Output{in.name};
}

constexpr OperationSpec kMake{.id = "test.make",
                              .scope = "collections:write",
                              .side_effect = SideEffect::Compute,
                              .summary = "Make a collection.",
                              .accepts_idempotency_key = true};
constexpr OperationSpec kForget{.id = "test.forget",
                                .scope = "collections:write",
                                .side_effect = SideEffect::Compute,
                                .summary = "Make a collection without its lineage."};
constexpr OperationSpec kLook{
    .id = "test.look", .scope = "collections:read", .side_effect = SideEffect::Read, .summary = "Look."};
constexpr OperationSpec kSpend{
    .id = "test.spend", .scope = "collections:read", .side_effect = SideEffect::ExternalSpend, .summary = "Spend."};

constexpr OperationSpec kRace{.id = "test.race",
                              .scope = "collections:write",
                              .side_effect = SideEffect::Compute,
                              .summary = "Lose a race.",
                              .accepts_idempotency_key = true,
                              .success_status = 201,
                              .media_type = "application/vnd.test+json",
                              .body_limit = 200,
                              .max_values = 5};
constexpr OperationSpec kPlace{.id = "test.place",
                               .scope = "collections:write",
                               .side_effect = SideEffect::Compute,
                               .summary = "Place a thing.",
                               .accepts_idempotency_key = true};
constexpr OperationSpec kTagged{
    .id = "test.tagged", .scope = "collections:read", .side_effect = SideEffect::Read, .summary = "Look at a version."};

bool race_is_lost = false;

Result<Output> race(domain::Context&, const Input& in) {
    if (race_is_lost)
        return fail_race("Another call was faster");
    return Output{in.name};
}

Result<Answer> place(domain::Context& cx, const Input& in) {
    CHECK_OK(cx.preconditions.check("v1"));
    return Answer{.bytes = Json(in.name).dump(),
                  .media_type = "application/geo+json",
                  .status = 201,
                  .etag = "v1",
                  .headers = {{"Location", "/here"}}};
}

Result<Answer> tagged(domain::Call&, const Input& in) {
    return Answer{.bytes = in.name, .media_type = "text/plain", .etag = "v1"};
}

class Dispatch : public testing::DomainTest {
protected:
    Dispatch() {
        race_is_lost = false;
        registry.write(kMake, make);
        registry.write(kForget, make_without_lineage);
        registry.read(kLook, look);
        registry.write(kSpend, look);
        registry.write(kRace, race);
        registry.write(kPlace, place);
        registry.free_read(kTagged, tagged);
        secret = mint({.scopes = {"collections:*"}});
        call.request.credentials.api_key = secret;
        call.body = kept(body("one"));
        restart();
    }

    void restart() {
        pipeline = std::make_unique<admission::Pipeline>(services);
        dispatcher = std::make_unique<Dispatcher>(registry, *pipeline);
    }
    std::string mint(domain::NewApiKey wanted) {
        wanted.name = "k";
        auto made =
            wrote([&](database::Session& s) { return domain::create_api_key(s, organization, wanted, clock.now()); });
        key_id = made.row.id.str();
        return made.secret;
    }
    std::string body(const std::string& name) const {
        return Json::object({{"project_id", project.str()}, {"name", name}}).dump();
    }
    Outcome run(std::string_view id) {
        call.request.request_id = RequestId::make().str();
        return dispatcher->dispatch(*registry.find(id), call);
    }
    std::optional<Code> code(std::string_view id) { return testing::code_of(run(id).answer); }
    std::size_t collections() {
        return got([&](database::Session& s) { return catalog::list_collections(s, organization, project); }).size();
    }
    /// What the audit log holds of the calls, oldest first.
    std::vector<catalog::AuditRow> audit() {
        return got([&](database::Session& s) {
            return s.all(
                "SELECT request_id, principal_id, principal_type, operation_id, side_effect, outcome, targets,"
                " ip, user_agent FROM audit_log WHERE organization_id = ?1 ORDER BY at, id",
                [](const database::Row& row) {
                    catalog::AuditRow out;
                    out.request_id = row.text(0);
                    out.principal_id = row.text(1);
                    out.principal_type = row.text(2);
                    out.operation_id = row.text(3);
                    out.side_effect = row.text(4);
                    out.outcome = row.text(5);
                    out.targets = row.text(6);
                    out.ip = row.text(7);
                    out.user_agent = row.text(8);
                    return out;
                },
                organization);
        });
    }
    void use_key(const std::string& idempotency_key) { call.idempotency_key = idempotency_key; }

    Registry registry;
    std::unique_ptr<admission::Pipeline> pipeline;
    std::unique_ptr<Dispatcher> dispatcher;
    Invocation call;
    std::string secret, key_id;
};

TEST_F(Dispatch, answers_a_sound_call) {
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

TEST_F(Dispatch, takes_the_bearer_token_before_the_api_key) {
    call.request.credentials.authorization = "Bearer " + secret;
    call.request.credentials.api_key = "nonsense";
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.request.credentials.authorization = "Bearer nonsense";
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
}

TEST_F(Dispatch, refuses_in_the_order_credentials_rate_scope_input_rules) {
    services.settings.limits.operations_per_minute = 3;
    restart();
    // Everything is wrong: bad credentials, no scope, malformed body.
    call.request.credentials.api_key = "gpra_unknown";
    call.body = kept("{");
    EXPECT_EQ(code("test.make"), Code::Unauthenticated);
    call.request.credentials.api_key = mint({.scopes = {"items:read"}});
    EXPECT_EQ(code("test.make"), Code::PermissionDenied);
    call.request.credentials.api_key = secret;
    EXPECT_EQ(code("test.make"), Code::MalformedRequest);
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

TEST_F(Dispatch, limits_what_strangers_of_one_address_may_try) {
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

TEST_F(Dispatch, keeps_one_record_a_minute_of_what_strangers_are_refused) {
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

TEST_F(Dispatch, names_the_missing_scope_and_the_operation) {
    call.request.credentials.api_key = mint({.scopes = {"collections:read"}});
    EXPECT_EQ(code("test.look"), std::nullopt);
    const auto refused = run("test.make").answer;
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "missing scope 'collections:write' for 'test.make'");
}

TEST_F(Dispatch, tells_when_to_come_back_and_lets_the_caller_in_then) {
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

TEST_F(Dispatch, counts_spending_apart_and_a_key_s_own_limit_besides) {
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

TEST_F(Dispatch, reads_an_empty_body_null_and_an_empty_object_alike) {
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
    EXPECT_EQ(code("test.look"), Code::MalformedRequest);
}

TEST_F(Dispatch, rolls_back_what_a_failing_operation_wrote) {
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

TEST_F(Dispatch, a_producer_without_lineage_fails_and_leaves_nothing) {
    const auto refused = run("test.forget").answer;
    ASSERT_EQ(testing::code_of(refused), Code::Internal);
    EXPECT_NE(refused.error().cause.find("lineage"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("lineage"), std::string::npos);
    EXPECT_EQ(collections(), 0U);
}

TEST_F(Dispatch, audits_a_write_in_its_transaction) {
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

TEST_F(Dispatch, audits_reads_and_refusals_through_the_journal) {
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

TEST_F(Dispatch, replays_the_answer_of_a_repeated_key_and_runs_once) {
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

TEST_F(Dispatch, another_body_under_the_same_key_is_a_conflict) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.body = kept(body("two"));
    EXPECT_EQ(code("test.make"), Code::Conflict);
    call.body = kept(body("one"));
    EXPECT_TRUE(run("test.make").replayed) << "the first answer still stands";
    EXPECT_EQ(collections(), 1U);
}

TEST_F(Dispatch, keys_count_for_one_organization_and_24_hours) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    call.request.credentials.api_key = mint({.scopes = {"collections:*"}});
    EXPECT_TRUE(run("test.make").replayed) << "another credential of the same organization";
    clock.advance(std::chrono::hours(24) + std::chrono::seconds(1));
    EXPECT_FALSE(run("test.make").replayed);
    EXPECT_EQ(collections(), 2U);
}

TEST_F(Dispatch, replays_final_refusals_even_when_the_reason_is_gone) {
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

TEST_F(Dispatch, stores_no_refusal_that_may_pass) {
    for (const auto* name : {"invalid", "denied", "internal", "throw", "race"}) {
        use_key(std::string("key of ") + name);
        call.body = kept(body(name));
        EXPECT_NE(code("test.make"), std::nullopt);
        EXPECT_FALSE(run("test.make").replayed) << name;
        call.body = kept(body("fine"));
        EXPECT_EQ(code("test.make"), std::nullopt) << name << ": the key is free for the corrected call";
    }
}

TEST_F(Dispatch, a_lost_race_may_be_repeated_at_once_and_is_never_replayed) {
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

TEST_F(Dispatch, a_key_of_a_call_that_still_runs_is_a_lost_race) {
    use_key("k1");
    ASSERT_TRUE(run("test.make").answer);
    (void)wrote([&](database::Session& s) { return s.run("UPDATE idempotency_key SET state = 'in_progress'"); });
    const auto meanwhile = run("test.make");
    ASSERT_EQ(testing::code_of(meanwhile.answer), Code::Aborted);
    EXPECT_EQ(meanwhile.answer.error().retry_after_seconds, 1);
}

TEST_F(Dispatch, a_replay_keeps_status_tag_and_headers) {
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

TEST_F(Dispatch, a_spec_says_status_and_media_type_of_its_answers) {
    const auto made = run("test.race");
    ASSERT_TRUE(made.answer);
    EXPECT_EQ(made.answer->status, 201);
    EXPECT_EQ(made.answer->media_type, "application/vnd.test+json");
}

TEST_F(Dispatch, conditions_are_asked_inside_the_transaction_and_nothing_is_done_where_they_fail) {
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

TEST_F(Dispatch, refuses_bodies_beyond_the_bytes_and_values_that_a_spec_allows) {
    call.body = kept(
        Json::object({{"project_id", project.str()}, {"name", "x"}, {"more", Json::array({1, 2, 3, 4, 5})}}).dump());
    EXPECT_EQ(code("test.race"), Code::PayloadTooLarge) << "values";
    EXPECT_EQ(code("test.look"), std::nullopt);
    call.body = kept(body("x") + std::string(200, ' '));
    EXPECT_EQ(code("test.race"), Code::PayloadTooLarge) << "bytes";
    EXPECT_EQ(code("test.look"), std::nullopt);
}

TEST_F(Dispatch, keys_have_1_to_255_bytes_and_reads_ignore_them) {
    for (const auto& bad : {std::string(), std::string(256, 'x')}) {
        use_key(bad);
        EXPECT_EQ(code("test.make"), Code::InvalidArgument);
        EXPECT_EQ(code("test.look"), std::nullopt);
    }
    use_key(std::string(255, 'x'));
    EXPECT_EQ(code("test.make"), std::nullopt);
}

TEST_F(Dispatch, of_the_real_operations_splits_403_and_404_and_gives_final_402) {
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

TEST_F(Dispatch, a_revoked_key_stops_working_at_once) {
    EXPECT_EQ(code("test.look"), std::nullopt);
    (void)wrote(
        [&](database::Session& s) { return catalog::revoke_api_key(s, organization, ApiKeyId(key_id), clock.now()); });
    EXPECT_EQ(code("test.look"), Code::Unauthenticated);
}

} // namespace
} // namespace landfall::operations
