#include "http/server/body_budget.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace landfall::http {
namespace {

constexpr std::int64_t kFree = BodyBudget::kFreeBytes;

TEST(BodyBudget, OneOwnerTakesNoMoreThanItsShare) {
    BodyBudget budget(100, 40);
    auto first = std::make_unique<BodyBudget::Share>(budget, "one");
    BodyBudget::Share second(budget, "one");
    BodyBudget::Share other(budget, "two");
    EXPECT_TRUE(first->grow_to(kFree + 30));
    EXPECT_TRUE(second.grow_to(kFree)) << "the first bytes of each are free";
    EXPECT_FALSE(second.grow_to(kFree + 20));
    EXPECT_TRUE(budget.is_spent("one"));
    EXPECT_TRUE(other.grow_to(kFree + 40));
    first.reset();
    EXPECT_FALSE(budget.is_spent("one"));
    EXPECT_TRUE(second.grow_to(kFree + 40));
}

TEST(BodyBudget, AllTogetherTakeNoMoreThanThereIs) {
    BodyBudget budget(50, 40);
    BodyBudget::Share one(budget, "one");
    BodyBudget::Share two(budget, "two");
    EXPECT_TRUE(one.grow_to(kFree + 30));
    EXPECT_FALSE(two.grow_to(kFree + 30));
    EXPECT_FALSE(budget.is_spent("three")) << "small ones cost nothing";
    two.give_back();
    EXPECT_TRUE(two.grow_to(kFree + 20));
}

TEST(BodyBudget, WithoutLimitsEverythingFits) {
    BodyBudget budget(0, 0);
    BodyBudget::Share share(budget, "one");
    EXPECT_TRUE(share.grow_to(std::size_t{1} << 40U));
    EXPECT_FALSE(budget.is_spent("one"));
}

} // namespace
} // namespace landfall::http
