#include "domain/sign_in/devices.hpp"
#include "domain/sign_in/tokens.hpp"
#include "domain/tenancy/access.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

using namespace std::chrono_literals;
using testing::code_of;

class Tokens : public testing::DomainTest {
protected:
    auth::Principal nobody;
    auth::Principal user = new_user(auth::OrganizationRole::Admin);

    SignIn who() const {
        SignIn who;
        who.user_id = user.user_id;
        who.client = "test";
        return who;
    }
    IssuedTokens sign_in() {
        return *as(nobody, [&](Context& cx) { return issue_tokens(cx, who()); });
    }
    std::optional<IssuedTokens> refresh(const std::string& token) {
        return *as(nobody, [&](Context& cx) { return refresh_tokens(cx, {token}); });
    }
    std::optional<Code> code(const std::string& token) {
        return code_of(authenticate_token(services, token, token_digest(token), clock.now()));
    }
};

TEST_F(Tokens, TellTheUserAndTheOrganization) {
    const auto issued = sign_in();
    const auto principal =
        authenticate_token(services, issued.access_token, token_digest(issued.access_token), clock.now());
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->type, auth::PrincipalType::User);
    EXPECT_EQ(principal->user_id, user.user_id);
    EXPECT_EQ(principal->organization_id, organization);
    EXPECT_FALSE(auth::has_scope(*principal, "admin:read"));
    EXPECT_TRUE(auth::has_scope(*principal, "items:write"));
}

TEST_F(Tokens, LapseAfterFiveAndThirtyMinutes) {
    const auto issued = sign_in();
    clock.advance(299s);
    EXPECT_EQ(code(issued.access_token), std::nullopt);
    clock.advance(1s);
    EXPECT_EQ(code(issued.access_token), Code::Unauthenticated);
    clock.advance(1499s);
    const auto next = refresh(issued.refresh_token);
    ASSERT_TRUE(next);
    clock.advance(1800s);
    EXPECT_FALSE(refresh(next->refresh_token));
}

TEST_F(Tokens, EndWithTheirFamilyWhenAUsedOneComesAgain) {
    const auto first = sign_in();
    const auto second = refresh(first.refresh_token);
    ASSERT_TRUE(second);
    EXPECT_EQ(code(second->access_token), std::nullopt);
    clock.advance(1h); // also long after both have lapsed
    EXPECT_FALSE(refresh(first.refresh_token));
    EXPECT_FALSE(refresh(second->refresh_token));
    EXPECT_EQ(figure("SELECT count(*) FROM sign_in_session WHERE ended_at IS NULL"), 0);
}

TEST_F(Tokens, OfAKeyThatWasReplacedAreGoodForAnHour) {
    const auto issued = sign_in();
    const auto rotated = wrote([&](database::Session& s) { return rotate_token_key(s, clock.now()); });
    EXPECT_EQ(code(issued.access_token), std::nullopt);
    EXPECT_EQ(auth::key_id_of(sign_in().access_token), rotated);
    const auto published = [&] { return published_keys(services, clock.now()).value().size(); };
    EXPECT_EQ(published(), 2U);
    clock.advance(1h);
    EXPECT_EQ(published(), 1U);
}

TEST_F(Tokens, AreForTheServersOwnNameWhereItHasOne) {
    const auto issued = sign_in();
    services.settings.public_url_is_set = true;
    services.settings.public_url = "https://maps.example";
    EXPECT_EQ(code(issued.access_token), Code::Unauthenticated) << "issued by another name";
    EXPECT_EQ(code(sign_in().access_token), std::nullopt);
}

TEST_F(Tokens, AskForNoMoreThanTheUserHas) {
    auto wanted = who();
    wanted.scopes = "openid items:read";
    const auto issued = as(nobody, [&](Context& cx) { return issue_tokens(cx, wanted); });
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->scope, "items:read");
    for (const auto& [scopes, refusal] :
         {std::pair("admin:read", Code::PermissionDenied), std::pair("*", Code::PermissionDenied),
          std::pair("no:such", Code::InvalidArgument)}) {
        wanted.scopes = scopes;
        EXPECT_EQ(code_of(as(nobody, [&](Context& cx) { return issue_tokens(cx, wanted); })), refusal) << scopes;
    }
}

TEST_F(Tokens, WorkInAnOrganizationOfTheUserAlone) {
    auto wanted = who();
    wanted.organization_id = new_organization("Other");
    EXPECT_EQ(code_of(as(nobody, [&](Context& cx) { return issue_tokens(cx, wanted); })), Code::InvalidArgument);
    ASSERT_TRUE(transactor.run([&](database::Session& s) {
        return catalog::put_membership(
            s, {*wanted.organization_id, *user.user_id, auth::OrganizationRole::Member, clock.now()});
    }));
    const auto there = as(nobody, [&](Context& cx) { return issue_tokens(cx, wanted); });
    ASSERT_TRUE(there);
    EXPECT_EQ(there->principal.organization_id, *wanted.organization_id);
    const auto back =
        as(nobody, [&](Context& cx) { return refresh_tokens(cx, {there->refresh_token, "", organization}); });
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->principal.organization_id, organization);
}

class Devices : public Tokens {
protected:
    DeviceCodes ask() {
        return *as(nobody, [&](Context& cx) { return ask_device(cx, {"test"}); });
    }
    DeviceAnswer poll(const DeviceCodes& codes) {
        return as(nobody, [&](Context& cx) { return poll_device(cx, {codes.device_code, "test"}); })->answer;
    }
    Status decide(const DeviceCodes& codes, bool approved) {
        return as(nobody, [&](Context& cx) {
            return decide_device(cx, {codes.user_code, *user.user_id, std::nullopt, approved});
        });
    }
};

TEST_F(Devices, WaitForTheInterval) {
    const auto codes = ask();
    EXPECT_EQ(poll(codes), DeviceAnswer::Pending);
    clock.advance(3s);
    EXPECT_EQ(poll(codes), DeviceAnswer::SlowDown);
    clock.advance(6s);
    EXPECT_EQ(poll(codes), DeviceAnswer::SlowDown) << "it is ten seconds now";
    clock.advance(15s);
    EXPECT_EQ(poll(codes), DeviceAnswer::Pending);
}

TEST_F(Devices, ExpireAfterTenMinutes) {
    const auto codes = ask();
    const auto answered = ask();
    ASSERT_TRUE(decide(answered, true));
    clock.advance(600s);
    EXPECT_EQ(poll(codes), DeviceAnswer::Expired);
    EXPECT_EQ(poll(answered), DeviceAnswer::Expired);
    EXPECT_EQ(code_of(decide(codes, true)), Code::NotFound);
}

TEST_F(Devices, AreAnsweredOnce) {
    const auto codes = ask();
    ASSERT_TRUE(decide(codes, false));
    EXPECT_EQ(code_of(decide(codes, true)), Code::NotFound);
    EXPECT_EQ(poll(codes), DeviceAnswer::Denied);
    const auto other = ask();
    ASSERT_TRUE(decide(other, true));
    EXPECT_EQ(poll(other), DeviceAnswer::Approved);
    EXPECT_EQ(poll(other), DeviceAnswer::Unknown);
}

} // namespace
} // namespace landfall::domain
