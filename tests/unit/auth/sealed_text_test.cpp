#include "auth/sealed_text.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall::auth {
namespace {

constexpr Seal kSeal{"gpra_of-the-caller", "api_keys.create"};

TEST(SealedText, OpensWithTheCredentialAndPurposeItWasSealedFor) {
    for (const std::string text : {"", "x", R"({"key":"gpra_secret"})"}) {
        const auto sealed = seal_text(text, kSeal);
        ASSERT_TRUE(sealed);
        EXPECT_EQ(open_text(*sealed, kSeal), text);
    }
}

TEST(SealedText, ShowsNothingOfTheTextAndIsNeverTheSameTwice) {
    const auto one = seal_text("gpra_secret", kSeal);
    const auto two = seal_text("gpra_secret", kSeal);
    ASSERT_TRUE(one && two);
    EXPECT_NE(*one, *two);
    EXPECT_EQ(from_base64(*one).value_or("gpra_secret").find("gpra_secret"), std::string::npos);
}

TEST(SealedText, StaysShutForAnotherCredentialOrPurpose) {
    const auto sealed = seal_text("gpra_secret", kSeal);
    ASSERT_TRUE(sealed);
    EXPECT_FALSE(open_text(*sealed, {"gpra_of-another", kSeal.purpose}));
    EXPECT_FALSE(open_text(*sealed, {kSeal.credential, "projects.create"}));
    EXPECT_FALSE(open_text(*sealed, {"", kSeal.purpose}));
}

TEST(SealedText, StaysShutWhenAnyByteWasAltered) {
    const auto sealed = seal_text("gpra_secret", kSeal);
    ASSERT_TRUE(sealed);
    const std::string bytes = from_base64(*sealed).value();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string altered = bytes;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        EXPECT_FALSE(open_text(to_base64(altered), kSeal)) << "byte " << i;
    }
    EXPECT_FALSE(open_text(sealed->substr(0, 8), kSeal));
    EXPECT_FALSE(open_text("no base64", kSeal));
}

TEST(SealedText, NeedsACredential) {
    EXPECT_FALSE(seal_text("gpra_secret", {"", "api_keys.create"}));
}

} // namespace
} // namespace landfall::auth
