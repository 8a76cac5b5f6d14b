#include "jobs/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace landfall::jobs {
namespace {

using namespace std::chrono_literals;

TEST(Gate, LetsInAsManyAsItHasPlaces) {
    Gate gate(2);
    const auto first = gate.enter("one", 0ms);
    auto second = gate.enter("one", 0ms);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(gate.enter("one", 0ms));
    second.reset();
    EXPECT_TRUE(gate.enter("one", 0ms));
}

TEST(Gate, AMovedPassGivesItsPlaceBackOnce) {
    Gate gate(1);
    {
        auto pass = gate.enter("one", 0ms);
        const auto moved = std::move(*pass);
        EXPECT_FALSE(gate.enter("one", 0ms));
    }
    const auto again = gate.enter("one", 0ms);
    EXPECT_TRUE(again);
    EXPECT_FALSE(gate.enter("one", 0ms));
}

TEST(Gate, ServesThoseWhoWaitInTheirOrder) {
    Gate gate(1);
    auto held = gate.enter("one", 0ms);
    std::vector<int> order;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&gate, &order, i] {
            const auto pass = gate.enter("one", 60s);
            order.push_back(i); // the gate is the lock
        });
        while (gate.waiting() != static_cast<std::size_t>(i) + 1)
            std::this_thread::yield();
    }
    held.reset();
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(Gate, OneWhoGaveUpTakesNoPlace) {
    Gate gate(1);
    auto held = gate.enter("one", 0ms);
    EXPECT_FALSE(gate.enter("one", 1ms));
    EXPECT_EQ(gate.waiting(), 0U);
    held.reset();
    EXPECT_TRUE(gate.enter("one", 0ms));
}

TEST(Gate, AClosedOneSendsAwayWhoWaitsAndWhoComes) {
    Gate gate(1);
    auto held = gate.enter("one", 0ms);
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] { refused += gate.enter("one", 60s) ? 0 : 1; });
    while (gate.waiting() != 2)
        std::this_thread::yield();
    gate.close();
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(refused, 2);
    held.reset();
    EXPECT_FALSE(gate.enter("one", 60s));
}

TEST(Gate, NeverHoldsMoreThanItsPlacesUnderLoad) {
    Gate gate(3);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                const auto pass = gate.enter("one", 60s);
                const int now = ++inside;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                --inside;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_LE(most, 3);
}

TEST(Gate, WhoHasNobodyInsideWaitsForNoNeighbour) {
    Gate gate(2, 1);
    const auto first = gate.enter("many", 0ms);
    const auto second = gate.enter("many", 0ms);
    EXPECT_FALSE(gate.enter("many", 0ms));
    auto few = gate.enter("few", 0ms);
    EXPECT_TRUE(few);
    EXPECT_FALSE(gate.enter("few", 0ms));
    EXPECT_FALSE(gate.enter("third", 0ms)) << "the reserve is taken";
    few.reset();
    EXPECT_TRUE(gate.enter("third", 0ms));
}

} // namespace
} // namespace landfall::jobs
