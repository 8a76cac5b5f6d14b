#include "admission/pipeline.hpp"
#include "catalog/items/collection.hpp"
#include "domain/items/collections.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::admission {
namespace {

using testing::code_of;

/// What a face without operations does: it has acts of its own and runs them where operations run.
constexpr Act kPut{.id = "shelf.put", .scope = "collections:write", .side_effect = SideEffect::Compute};
constexpr Act kGet{.id = "shelf.get", .scope = "collections:read"};

class APipeline : public testing::DomainTest {
protected:
    APipeline() {
        domain::NewApiKey wanted;
        wanted.name = "k";
        wanted.scopes = {"collections:write"};
        request.credentials.api_key = wrote([&](database::Session& s) {
                                          return domain::create_api_key(s, organization, wanted, clock.now());
                                      }).secret;
        request.request_id = "req_1";
    }

    Outcome put() {
        return pipeline.run(kPut, request, [&](Execution& run) {
            return run.write([&](domain::Context& cx) -> Result<Answer> {
                CHECK_OK(cx.preconditions.check_absent());
                TRY(const auto row, domain::create_collection(cx, {project, "Shelf", {}, {}, true, 0}));
                return Answer{.bytes = "{}",
                              .media_type = "application/json",
                              .status = 201,
                              .etag = "1",
                              .headers = {{"Location", "/collections/" + row.id.str()}}};
            });
        });
    }
    std::size_t collections() {
        return got([&](database::Session& s) { return catalog::list_collections(s, organization, project); }).size();
    }

    Pipeline pipeline{services};
    Request request;
};

TEST_F(APipeline, RunsTheActOfAFaceThatHasNoOperations) {
    const auto outcome = put();
    ASSERT_TRUE(outcome.answer) << outcome.answer.error().message << outcome.answer.error().cause;
    EXPECT_EQ(outcome.answer->status, 201);
    EXPECT_TRUE(outcome.answer->headers.at(0).second.starts_with("/collections/col_"));
    EXPECT_EQ(outcome.rate->remaining, 599);
    EXPECT_EQ(collections(), 1U);
    EXPECT_EQ(figure("SELECT count(*) FROM audit_log WHERE operation_id = 'shelf.put' AND side_effect = 'compute'"), 1);
}

TEST_F(APipeline, HoldsItToScopeRateAndConditions) {
    EXPECT_EQ(code_of(pipeline.run(kGet, request, [](Execution&) { return Answer{}; }).answer), Code::PermissionDenied);
    request.preconditions.if_match = "\"1\"";
    EXPECT_EQ(code_of(put().answer), Code::PreconditionFailed);
    request.credentials.api_key = "gpra_unknown";
    EXPECT_EQ(code_of(put().answer), Code::Unauthenticated);
    EXPECT_EQ(collections(), 0U);
}

TEST_F(APipeline, UndoesWhatWasMadeWithoutItsLineage) {
    const auto forgetful = pipeline.run(kPut, request, [&](Execution& run) {
        return run.write([&](domain::Context& cx) -> Result<Answer> {
            CHECK_OK(domain::create_collection(cx, {project, "Shelf", {}, {}, true, 0}));
            cx.provenance_written = false;
            return Answer{};
        });
    });
    EXPECT_EQ(code_of(forgetful.answer), Code::Internal);
    EXPECT_EQ(collections(), 0U);
    EXPECT_EQ(figure("SELECT count(*) FROM outbox"), 0);
}

constexpr Act kLook{.id = "shelf.look", .side_effect = SideEffect::Read, .is_public = true};
constexpr Act kTake{.id = "shelf.take", .side_effect = SideEffect::Compute, .is_public = true};

TEST_F(APipeline, LetsAnybodyDoWhatIsPublicWithinTheLimitsOfTheAddress) {
    services.settings.limits.public_reads_per_minute = 3;
    services.settings.limits.public_per_minute = 1;
    Request anyone;
    anyone.remote_address = "198.51.100.7";
    const auto run = [&](const Act& act) {
        return pipeline.run(act, anyone, [](Execution& run) {
            return run.call().principal.type == auth::PrincipalType::Anonymous ? Result<Answer>(Answer{})
                                                                               : fail(Code::Internal, "somebody");
        });
    };
    EXPECT_FALSE(pipeline.turn_away(kLook, anyone));
    for (int read = 0; read < 3; ++read)
        EXPECT_TRUE(run(kLook).answer);
    const auto refused = run(kLook);
    EXPECT_EQ(code_of(refused.answer), Code::ResourceExhausted);
    EXPECT_GE(refused.answer.error().retry_after_seconds, 1);
    EXPECT_TRUE(run(kTake).answer);
    EXPECT_EQ(code_of(run(kTake).answer), Code::ResourceExhausted);
    anyone.remote_address = "198.51.100.8";
    EXPECT_TRUE(run(kLook).answer);
    anyone.credentials.api_key = "gpra_wrong"; // a wrong credential is none that could be left out
    EXPECT_EQ(code_of(run(kLook).answer), Code::Unauthenticated);
}

/// Members of the organization, by a scheme that the test needs no request for.
class AReplay : public testing::DomainTest {
protected:
    AReplay() {
        maker = new_user({}, auth::ProjectRole::Editor);
        viewer = new_user({}, auth::ProjectRole::Viewer);
    }

    struct Became {
        Result<Answer> answer;
        bool replayed = false;
    };
    Became make(const auth::Principal& who, const std::string& name = "Shelf") {
        domain::Call call = call_of(who);
        Execution run(services, kPut, call, "");
        run.use_key(make_keyed_call(call, kPut.id, "k1", Json(name)).value());
        auto answer = run.write([&](domain::Context& cx) -> Result<Answer> {
            TRY(const auto row, domain::create_collection(cx, {project, name, {}, {}, true, 0}));
            return Answer{.bytes = row.id.str(), .media_type = "text/plain"};
        });
        return {std::move(answer), run.replayed()};
    }
    void set_role(const auth::Principal& who, std::string_view role) {
        (void)wrote([&](database::Session& s) {
            return s.run("UPDATE project_member SET role = ?1 WHERE user_id = ?2", role, *who.user_id);
        });
    }

    auth::Principal maker, viewer;
};

TEST_F(AReplay, IsForWhoeverMightHaveMadeTheCall) {
    const auto first = make(maker);
    ASSERT_TRUE(first.answer) << first.answer.error().message;
    for (const auto& who : {maker, key, new_user(auth::OrganizationRole::Admin)}) {
        const auto again = make(who);
        ASSERT_TRUE(again.answer) << again.answer.error().message;
        EXPECT_TRUE(again.replayed);
        EXPECT_EQ(again.answer->bytes, first.answer->bytes);
    }
}

TEST_F(AReplay, IsRefusedToWhoeverLacksTheRole) {
    ASSERT_TRUE(make(maker).answer);
    for (const auto& who : {viewer, new_user(auth::OrganizationRole::Member), new_user({})}) {
        const auto refused = make(who);
        EXPECT_EQ(code_of(refused.answer), Code::PermissionDenied);
        EXPECT_FALSE(refused.replayed);
    }
    set_role(maker, "viewer");
    EXPECT_EQ(code_of(make(maker).answer), Code::PermissionDenied) << "the role was lost meanwhile";
    set_role(maker, "editor");
    EXPECT_TRUE(make(maker).replayed) << "the answer is still there";
}

TEST_F(AReplay, OfAFinalRefusalAsksForTheRoleAsWell) {
    archive_project();
    ASSERT_EQ(code_of(make(maker).answer), Code::Conflict);
    EXPECT_TRUE(make(maker).replayed);
    EXPECT_EQ(code_of(make(viewer).answer), Code::PermissionDenied);
}

TEST_F(AReplay, StaysTheSameWhenWhatItWasAboutIsGone) {
    // By an admin of the organization, for members of a project are gone with it.
    const auto first = make(key);
    ASSERT_TRUE(first.answer);
    (void)wrote([&](database::Session& s) { return catalog::delete_project(s, organization, project, clock.now()); });
    const auto again = make(key);
    ASSERT_TRUE(again.answer) << again.answer.error().message;
    EXPECT_EQ(again.answer->bytes, first.answer->bytes);
}

} // namespace
} // namespace landfall::admission
