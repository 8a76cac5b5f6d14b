#include "core/fair_queue.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

using Queue = FairQueue<int>;

/// Pops all that may be out; `places` remembers whose they are.
std::vector<int> pop_all(Queue& queue, std::vector<Queue::Place>* places = nullptr) {
    std::vector<int> order;
    while (const auto next = queue.pop()) {
        order.push_back(next->entry);
        if (places != nullptr)
            places->push_back(next->owner);
    }
    return order;
}

TEST(FairQueue, OwnersTakeTurnsWhoeverSentMore) {
    Queue queue(100, 0);
    for (int i = 0; i < 5; ++i)
        queue.push("many", i);
    queue.push("few", 10);
    queue.push("few", 11);
    EXPECT_EQ(pop_all(queue), (std::vector{0, 10, 1, 11, 2, 3, 4}));
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST(FairQueue, NoMoreAreOutThanThereArePlaces) {
    Queue queue(2, 0);
    for (int i = 0; i < 3; ++i)
        queue.push("one", i);
    std::vector<Queue::Place> places;
    EXPECT_EQ(pop_all(queue, &places), (std::vector{0, 1}));
    queue.leave(places.front());
    EXPECT_EQ(pop_all(queue), (std::vector{2}));
}

TEST(FairQueue, WhoHasNothingOutGetsAPlaceOfTheReserve) {
    Queue queue(2, 1);
    std::vector<Queue::Place> many;
    std::vector<Queue::Place> few;
    for (int i = 0; i < 4; ++i)
        queue.push("many", i);
    EXPECT_EQ(pop_all(queue, &many), (std::vector{0, 1})) << "the reserve is not for those who have places";
    queue.push("few", 10);
    queue.push("few", 11);
    queue.push("third", 20);
    EXPECT_EQ(pop_all(queue, &few), (std::vector{10})) << "one place in reserve";
    queue.leave(few.front());
    EXPECT_EQ(pop_all(queue), (std::vector{20})) << "its turn came before the other's next";
    queue.leave(many[0]);
    queue.leave(many[1]);
    EXPECT_EQ(pop_all(queue).size(), 2U);
}

TEST(FairQueue, WhatGaveUpIsGone) {
    Queue queue(1, 0);
    queue.push("one", 1);
    queue.push("one", 2);
    queue.push("two", 3);
    EXPECT_EQ(queue.waiting("one"), 2U);
    EXPECT_TRUE(queue.remove("one", 1));
    EXPECT_TRUE(queue.remove("one", 2));
    EXPECT_FALSE(queue.remove("one", 2));
    EXPECT_FALSE(queue.remove("three", 2));
    EXPECT_EQ(queue.waiting("one"), 0U);
    EXPECT_EQ(pop_all(queue), (std::vector{3}));
}

} // namespace
} // namespace landfall
