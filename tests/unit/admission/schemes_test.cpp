#include "admission/schemes.hpp"
#include "auth/secrets.hpp"
#include "core/text.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "domain/tenancy/end_sessions.hpp"
#include "domain/tenancy/organizations.hpp"
#include "domain/tenancy/users.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::admission {
namespace {

using testing::code_of;

class Schemes : public testing::DomainTest {
protected:
    Schemes() {
        domain::NewApiKey wanted;
        wanted.name = "k";
        wanted.scopes = {"items:read"};
        secret = wrote([&](database::Session& s) {
                     return domain::create_api_key(s, organization, wanted, clock.now());
                 }).secret;
    }
    std::optional<Code> code(const std::string& authorization, const std::string& api_key) {
        return code_of(identify(services, {authorization, api_key}, clock.now()));
    }

    std::string secret;
};

TEST_F(Schemes, TakeAnApiKeyFromTheAuthorizationHeaderFirst) {
    const std::string wrong = "gpra_wrong";
    constexpr std::optional<Code> kKnown;
    for (const auto& authorization : {"Bearer " + secret, "bearer " + secret, "BEARER   " + secret + "  "})
        EXPECT_EQ(code(authorization, wrong), kKnown) << authorization;
    EXPECT_EQ(code("", secret), kKnown);
    EXPECT_EQ(code("", " " + secret + " "), kKnown);
    EXPECT_EQ(code("Bearer " + wrong, secret), Code::Unauthenticated);
    EXPECT_EQ(code("", ""), Code::Unauthenticated);
    for (const std::string other : {"Basic dTpw", "Bearer", "Bearer ", "Bearer   ", "Bearerabc", "abc"})
        EXPECT_EQ(code(other, secret), Code::Unauthenticated) << other;
}

TEST_F(Schemes, TellTheCredentialThatWasShown) {
    const Credentials credentials{"Bearer " + secret, ""};
    const auto caller = identify(services, credentials, clock.now());
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->credential, secret);
    EXPECT_EQ(caller->principal.grants.in_organization, auth::OrganizationRole::Admin);
}

/// A scheme of a face to come: whoever says nothing may read one item.
Result<std::optional<Caller>> identify_reader(const domain::Services&, const Credentials& credentials, Timestamp) {
    if (!credentials.authorization.empty() || !credentials.api_key.empty())
        return std::optional<Caller>();
    Caller reader;
    reader.principal.scopes = {"items:read"};
    reader.principal.grants.only_items = std::vector<ItemId>{ItemId(std::string("it_1"))};
    return reader;
}

TEST_F(Schemes, AreAskedOneAfterTheOtherUntilOneKnowsTheCaller) {
    std::vector<Scheme> list(schemes().begin(), schemes().end());
    list.push_back({"reader", identify_reader});
    const auto reader = identify(services, {}, clock.now(), list);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->principal.type, auth::PrincipalType::Anonymous);
    EXPECT_EQ(code_of(identify(services, {"", secret}, clock.now(), list)), std::nullopt);
    EXPECT_EQ(code_of(identify(services, {"", "gpra_wrong"}, clock.now(), list)), Code::Unauthenticated)
        << "a refused credential is not a missing one";
}

TEST_F(Schemes, TakeTheDigestOfTheSchemeThatMadeItAndNoOther) {
    const std::string digest = domain::key_digest(secret);
    const auto caller_by = [&](const std::string& made) {
        Credentials credentials{"", "gpra_wrong"};
        credentials.digest = made;
        return code_of(identify(services, credentials, clock.now()));
    };
    EXPECT_EQ(caller_by("api_key:" + digest), std::nullopt);
    EXPECT_EQ(caller_by("cookie:" + digest), Code::Unauthenticated);
    EXPECT_EQ(caller_by(digest), Code::Unauthenticated);
}

TEST_F(Schemes, RecognizeWhatTheyIdentified) {
    const Credentials credentials{"Bearer " + secret, ""};
    EXPECT_TRUE(recognize(services, credentials).organization.empty());
    ASSERT_TRUE(identify(services, credentials, clock.now()));
    const auto recognized = recognize(services, credentials);
    EXPECT_EQ(recognized.organization, organization);
    Credentials again = credentials;
    again.digest = recognized.digest;
    EXPECT_TRUE(identify(services, again, clock.now()));
}

/// Credentials of the Basic scheme at a face that takes it.
Credentials basic(const std::string& user, const std::string& password) {
    Credentials credentials{"Basic " + to_base64(user + ":" + password), ""};
    credentials.takes_basic = true;
    credentials.address = "192.0.2.7";
    return credentials;
}

class BasicScheme : public Schemes {
protected:
    BasicScheme() {
        const auto hash = auth::hash_password("a long password").value();
        user = wrote([&](database::Session& s) -> Result<UserId> {
            TRY(const auto made, domain::create_user(s, {"ada@example.org", "Ada", hash}, clock.now()));
            CHECK_OK(catalog::put_membership(s, {organization, made.id, auth::OrganizationRole::Member, clock.now()}));
            return made.id;
        });
    }
    std::optional<Code> code(const Credentials& credentials) {
        return code_of(identify(services, credentials, clock.now()));
    }

    UserId user;
};

TEST_F(BasicScheme, TakesUsersAndKeys) {
    const auto caller = identify(services, basic("ada@example.org", "a long password"), clock.now());
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->principal.id, user.str());
    EXPECT_EQ(caller->principal.organization_id, organization);
    EXPECT_EQ(code(basic("apikey", secret)), std::nullopt);
    EXPECT_EQ(code(basic("ada@example.org", "another password")), Code::Unauthenticated);
    EXPECT_EQ(code(basic("apikey", "gpra_wrong")), Code::Unauthenticated);
    Credentials elsewhere = basic("ada@example.org", "a long password");
    elsewhere.takes_basic = false;
    EXPECT_EQ(code(elsewhere), Code::Unauthenticated) << "a face that does not take it";
}

TEST_F(BasicScheme, IsRememberedUntilThePasswordChanges) {
    const auto credentials = basic("ada@example.org", "a long password");
    versions.confirm(domain::Versions::Instant::max());
    ASSERT_EQ(code(credentials), std::nullopt);
    known_keys.passwords.close(); // nothing can be compared any more
    EXPECT_EQ(code(credentials), std::nullopt);
    wrote([&](catalog::Transaction& t) { return domain::end_sessions(t, user, clock.now()); });
    EXPECT_EQ(code(credentials), std::nullopt) << "of the password nothing changed";
    wrote([&](catalog::Transaction& t) -> Result<bool> {
        TRY(const auto row, catalog::find_user(t, user));
        CHECK_OK(domain::set_password(t, row.value(), "of another one", clock.now()));
        return true;
    });
    EXPECT_EQ(code(credentials), Code::Unavailable);
}

TEST_F(BasicScheme, IsRememberedForFiveMinutes) {
    const auto credentials = basic("ada@example.org", "a long password");
    versions.confirm(domain::Versions::Instant::max());
    ASSERT_EQ(code(credentials), std::nullopt);
    known_keys.passwords.close();
    clock.advance(std::chrono::seconds(299));
    EXPECT_EQ(code(credentials), std::nullopt);
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(code(credentials), Code::Unavailable);
}

} // namespace
} // namespace landfall::admission
