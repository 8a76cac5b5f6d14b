#include "admission/schemes.hpp"
#include "domain/tenancy/api_keys.hpp"
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

} // namespace
} // namespace landfall::admission
