#include "auth/access_token.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall::auth {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const Timestamp kInstant = from_micros(kNow * 1'000'000);

Claims claims() {
    Claims claims;
    claims.issuer = claims.audience = "https://maps.example/realms/public";
    claims.subject = claims.principal_id = "usr_1";
    claims.principal_type = "user";
    claims.issued_at = kNow;
    claims.expires_at = kNow + 300;
    claims.id = "1";
    claims.session = "ses_1";
    claims.client_id = "test";
    claims.scope = "items:read";
    claims.organization_id = "org_1";
    return claims;
}

/// A token whose header or claims were put together by hand, signed by the key.
std::string forged(const TokenKey& key, const Json& header, const std::string& payload) {
    const std::string text = to_base64url(header.dump()) + "." + to_base64url(payload);
    return text + "." + to_base64url(key.sign(text).value());
}

class AccessToken : public ::testing::Test {
protected:
    TokenKey key = TokenKey::generate().value();
    std::string token = sign_token(key, claims()).value();

    Json header(std::string_view algorithm = "ES256") const {
        return Json::object({{"alg", algorithm}, {"typ", "at+jwt"}, {"kid", key.id()}});
    }
    bool holds(const std::string& text, Timestamp at = kInstant, const std::optional<std::string>& issuer = {}) const {
        return verify_token(text, key, at, issuer).has_value();
    }
};

TEST_F(AccessToken, SaysWhatWasSigned) {
    const auto read = verify_token(token, key, kInstant);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->subject, "usr_1");
    EXPECT_EQ(read->organization_id, "org_1");
    EXPECT_EQ(read->scope, "items:read");
    EXPECT_EQ(key_id_of(token), key.id());
    EXPECT_TRUE(is_token(token));
    EXPECT_FALSE(is_token("gpra_0123456789"));
}

TEST_F(AccessToken, HoldsUntilItExpires) {
    EXPECT_TRUE(holds(token, kInstant + std::chrono::seconds(299)));
    EXPECT_FALSE(holds(token, kInstant + std::chrono::seconds(300)));
    EXPECT_FALSE(holds(token, kInstant - std::chrono::seconds(61))) << "issued in the future";
}

TEST_F(AccessToken, IsNoneIfAnythingWasAltered) {
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string altered = token;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(holds(altered)) << at;
    }
    EXPECT_FALSE(holds(token + "="));
    EXPECT_FALSE(holds(token + "A"));
    EXPECT_FALSE(holds(token.substr(0, token.rfind('.') + 1)));
    EXPECT_FALSE(holds(""));
    EXPECT_FALSE(holds(".."));
}

TEST_F(AccessToken, IsSignedByNoOtherKeyAndNoOtherAlgorithm) {
    const auto other = TokenKey::generate().value();
    const std::string payload = schema::to_json_text(claims());
    EXPECT_TRUE(holds(forged(key, header(), payload)));
    EXPECT_FALSE(holds(sign_token(other, claims()).value()));
    EXPECT_FALSE(holds(forged(other, header(), payload))) << "it names the key and is another's";
    for (const char* algorithm : {"none", "None", "HS256", "RS256", "ES384", ""})
        EXPECT_FALSE(holds(forged(key, header(algorithm), payload))) << algorithm;
    const std::string unsigned_text = to_base64url(header("none").dump()) + "." + to_base64url(payload) + ".";
    EXPECT_FALSE(holds(unsigned_text));
    Json critical = header();
    critical.set("crit", Json::array({"exp"}));
    EXPECT_FALSE(holds(forged(key, critical, payload)));
}

TEST_F(AccessToken, IsForItsIssuerAlone) {
    EXPECT_TRUE(holds(token, kInstant, claims().issuer));
    EXPECT_FALSE(holds(token, kInstant, "https://other.example/realms/public"));
    Claims elsewhere = claims();
    elsewhere.audience = "https://other.example";
    EXPECT_FALSE(holds(sign_token(key, elsewhere).value()));
}

TEST_F(AccessToken, NeedsEveryClaim) {
    const auto whole = Json::parse(schema::to_json_text(claims())).value();
    for (const auto& [name, value] : whole.members()) {
        Json without = whole;
        without.erase(name);
        EXPECT_EQ(holds(forged(key, header(), without.dump())), name == "geopera_org_id") << name;
    }
    EXPECT_FALSE(holds(forged(key, header(), "no json")));
}

} // namespace
} // namespace landfall::auth
