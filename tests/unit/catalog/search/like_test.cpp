#include "catalog/search/like.hpp"

#include <gtest/gtest.h>

#include <string>

namespace landfall::catalog {
namespace {

TEST(Like, MatchesWholeTextsWithWildcards) {
    EXPECT_TRUE(is_like("", ""));
    EXPECT_TRUE(is_like("", "%%"));
    EXPECT_TRUE(is_like("abc", "abc"));
    EXPECT_TRUE(is_like("abc", "a%"));
    EXPECT_TRUE(is_like("abc", "%c"));
    EXPECT_TRUE(is_like("abc", "%b%"));
    EXPECT_TRUE(is_like("abcbc", "a%bc"));
    EXPECT_TRUE(is_like("abc", "_b_"));
    EXPECT_TRUE(is_like("abc", "%_"));
    EXPECT_FALSE(is_like("abc", ""));
    EXPECT_FALSE(is_like("", "_"));
    EXPECT_FALSE(is_like("abc", "ab"));
    EXPECT_FALSE(is_like("abc", "____"));
    EXPECT_FALSE(is_like("abc", "%d%"));
}

TEST(Like, KnowsCase) {
    EXPECT_FALSE(is_like("Abc", "abc"));
}

TEST(Like, CountsCharactersAndNotBytes) {
    EXPECT_TRUE(is_like("日本", "__"));
    EXPECT_TRUE(is_like("a😀b", "a_b"));
    EXPECT_FALSE(is_like("ä", "__"));
}

TEST(Like, TakesWhatIsEscapedForItself) {
    EXPECT_TRUE(is_like("50%", "50\\%"));
    EXPECT_FALSE(is_like("500", "50\\%"));
    EXPECT_TRUE(is_like("a_b", "a\\_b"));
    EXPECT_FALSE(is_like("axb", "a\\_b"));
    EXPECT_TRUE(is_like("a\\b", "a\\\\b"));
    EXPECT_TRUE(is_like("ab", "\\a\\b"));
}

TEST(Like, TakesNoLongTimeForManyWildcards) {
    std::string pattern;
    for (int n = 0; n < 200; ++n)
        pattern += "%a";
    EXPECT_FALSE(is_like(std::string(4000, 'a'), pattern + "%b"));
}

} // namespace
} // namespace landfall::catalog
