#include "core/ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace landfall {
namespace {

TEST(Ids, CarryTheirPrefixAnd26CharactersOfLowerCaseCrockfordBase32) {
    const auto id = ItemId::make().str();
    ASSERT_EQ(id.size(), 3 + 26U);
    EXPECT_EQ(id.substr(0, 3), "it_");
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz", 3), std::string::npos) << id;
}

TEST(Ids, SortInTheOrderOfTheirMakingWithinOneMillisecondToo) {
    std::vector<std::string> made(20'000);
    std::generate(made.begin(), made.end(), unique_part);
    EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
    EXPECT_EQ(std::adjacent_find(made.begin(), made.end()), made.end());
}

TEST(Ids, DifferBetweenThreads) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 2'000;
    std::vector<std::vector<std::string>> made(kThreads);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                for (std::size_t i = 0; i < kEach; ++i)
                    mine.push_back(unique_part());
            });
    }
    std::set<std::string> all;
    for (const auto& mine : made) {
        EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
        all.insert(mine.begin(), mine.end());
    }
    EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(Ids, OfOneKindCompareAndHashByTheirText) {
    EXPECT_EQ(ItemId(std::string("it_1")), ItemId(std::string_view("it_1")));
    EXPECT_LT(ItemId(std::string("it_1")), ItemId(std::string("it_2")));
    EXPECT_EQ(std::hash<ItemId>{}(ItemId(std::string("it_1"))), std::hash<ItemId>{}(ItemId(std::string("it_1"))));
    EXPECT_TRUE(ItemId().empty());
}

TEST(RandomBytes, HaveTheWantedLengthAndDoNotRepeat) {
    EXPECT_EQ(random_bytes(0).size(), 0U);
    EXPECT_EQ(random_bytes(33).size(), 33U);
    EXPECT_NE(random_bytes(16), random_bytes(16));
}

} // namespace
} // namespace landfall
