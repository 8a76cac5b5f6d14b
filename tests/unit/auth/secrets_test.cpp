#include "auth/secrets.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall::auth {
namespace {

TEST(ApiKey, IsMintedWithItsPrefixAndDigest) {
    const auto key = mint_api_key();
    ASSERT_EQ(key.secret.size(), 5 + 43U);
    EXPECT_TRUE(key.secret.starts_with("gpra_"));
    EXPECT_EQ(key.secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_EQ(key.prefix, key.secret.substr(0, 12));
    EXPECT_EQ(key.digest, sha256(key.secret));
    EXPECT_EQ(key.digest, api_key_digest(key.secret));
    EXPECT_NE(mint_api_key().secret, key.secret);
}

TEST(Password, IsHashedWithArgon2idAndAFreshSalt) {
    const auto first = hash_password("correct horse").value();
    const auto second = hash_password("correct horse").value();
    EXPECT_TRUE(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << first;
    EXPECT_NE(first, second);
    EXPECT_EQ(first.find('\0'), std::string::npos);
    EXPECT_TRUE(verify_password("correct horse", first));
    EXPECT_FALSE(verify_password("correct horsf", first));
    EXPECT_FALSE(verify_password("", first));
    EXPECT_FALSE(verify_password("correct horse", first.substr(0, first.size() - 4)));
}

TEST(Password, IsNeverRightForAUserWithoutOne) {
    EXPECT_FALSE(verify_password("", ""));
    EXPECT_FALSE(verify_password("anything", ""));
    EXPECT_FALSE(verify_password("anything", "anything"));
}

TEST(Password, Has8To1024Bytes) {
    EXPECT_FALSE(check_password("1234567"));
    EXPECT_TRUE(check_password("12345678"));
    EXPECT_TRUE(check_password(std::string(1024, 'x')));
    EXPECT_FALSE(check_password(std::string(1025, 'x')));
    EXPECT_EQ(hash_password("short").error().code, Code::InvalidArgument);
}

TEST(Password, MayHoldAnyByte) {
    const std::string odd("p\0ssw\xFFrd", 8);
    const auto hash = hash_password(odd).value();
    EXPECT_TRUE(verify_password(odd, hash));
    EXPECT_FALSE(verify_password(std::string("p\0xxxxxx", 8), hash));
}

} // namespace
} // namespace landfall::auth
