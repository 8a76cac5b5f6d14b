#include "operations/rate_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace landfall::operations {
namespace {

Timestamp second(std::int64_t seconds) {
    return from_micros(seconds * 1'000'000);
}

TEST(RateLimiter, lets_the_limit_through_in_each_window) {
    RateLimiter rates;
    for (std::int64_t n = 1; n <= 3; ++n) {
        const auto state = rates.take("a", 3, second(600));
        EXPECT_TRUE(state.allowed);
        EXPECT_EQ(state.limit, 3);
        EXPECT_EQ(state.remaining, 3 - n);
    }
    const auto refused = rates.take("a", 3, second(659));
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.reset_seconds, 1);
    EXPECT_TRUE(rates.take("a", 3, second(660)).allowed);
}

TEST(RateLimiter, tells_the_whole_seconds_to_the_end_of_the_window) {
    RateLimiter rates;
    EXPECT_EQ(rates.take("a", 9, second(600)).reset_seconds, 60);
    EXPECT_EQ(rates.take("a", 9, second(601)).reset_seconds, 59);
    EXPECT_EQ(rates.take("a", 9, from_micros(659'999'999)).reset_seconds, 1);
}

TEST(RateLimiter, counts_each_key_for_itself) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(0)).allowed);
    EXPECT_FALSE(rates.take("a", 1, second(0)).allowed);
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(rates.take("b" + std::to_string(i), 1, second(0)).allowed);
}

TEST(RateLimiter, of_zero_is_off) {
    RateLimiter rates;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(rates.take("a", 0, second(0)).allowed);
}

TEST(RateLimiter, refused_calls_do_not_count) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(0)).allowed);
    for (int i = 0; i < 10; ++i)
        EXPECT_FALSE(rates.take("a", 1, second(0)).allowed);
    EXPECT_TRUE(rates.take("a", 2, second(0)).allowed) << "one more under a raised limit";
}

TEST(RateLimiter, a_call_that_comes_late_does_not_open_the_new_window_again) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(60)).allowed);
    EXPECT_FALSE(rates.take("a", 1, second(59)).allowed) << "read its clock before, arrived after";
    EXPECT_FALSE(rates.take("a", 1, second(60)).allowed);
}

TEST(RateLimiter, starts_anew_when_the_clock_was_set_back) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(100'000)).allowed);
    EXPECT_TRUE(rates.take("a", 1, second(60)).allowed);
}

TEST(RateLimiter, counts_exactly_under_contention) {
    RateLimiter rates;
    std::atomic<int> allowed = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i)
                    allowed += rates.take("a", 700, second(0)).allowed ? 1 : 0;
            });
    }
    EXPECT_EQ(allowed, 700);
}

} // namespace
} // namespace landfall::operations
