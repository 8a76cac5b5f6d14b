#include "core/suggestion.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace landfall {
namespace {

TEST(Suggestion, DistanceCountsSlips) {
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("project", "projct"), 1U);
    EXPECT_EQ(edit_distance("itme", "item"), 1U);
    EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(Suggestion, OnlyANearWordIsSuggested) {
    constexpr std::array<std::string_view, 3> known{"project-id", "file-count", "z"};
    EXPECT_EQ(nearest("project", known), "");
    EXPECT_EQ(nearest("projectid", known), "project-id");
    EXPECT_EQ(nearest("flie-count", known), "file-count");
    EXPECT_EQ(nearest("nonsense", known), "");
    EXPECT_EQ(nearest("FILE-COUNT", known), "file-count");
    EXPECT_EQ(nearest(std::string(100'000, 'a'), known), "");
}

} // namespace
} // namespace landfall
