#include "auth/token_key.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall::auth {
namespace {

TEST(TokenKey, SignsWhatItAloneVerifies) {
    const auto key = TokenKey::generate().value();
    const auto signature = key.sign("text").value();
    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(key.verify("text", signature));
    EXPECT_FALSE(key.verify("texts", signature));
    EXPECT_FALSE(TokenKey::generate().value().verify("text", signature));
    for (const std::string bad : {std::string(), std::string(63, 'x'), std::string(64, '\0'), signature + "x"})
        EXPECT_FALSE(key.verify("text", bad));
}

TEST(TokenKey, IsTheSameWhenItWasStored) {
    const auto key = TokenKey::generate().value();
    const auto again = TokenKey::from_pem(key.to_pem().value()).value();
    EXPECT_EQ(again.id(), key.id());
    EXPECT_TRUE(key.verify("text", again.sign("text").value()));
    EXPECT_FALSE(TokenKey::from_pem("nonsense"));
    EXPECT_FALSE(TokenKey::from_pem(""));
}

TEST(TokenKey, PublishesItsPublicHalfAlone) {
    const auto key = TokenKey::generate().value();
    const Json jwk = key.jwk();
    EXPECT_EQ(jwk["kid"].as_string(), key.id());
    EXPECT_EQ(jwk["crv"].as_string(), "P-256");
    EXPECT_EQ(from_base64url(jwk["x"].as_view())->size(), 32U);
    EXPECT_EQ(from_base64url(jwk["y"].as_view())->size(), 32U);
    EXPECT_EQ(jwk.find("d"), nullptr);
}

} // namespace
} // namespace landfall::auth
