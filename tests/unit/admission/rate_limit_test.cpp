#include "admission/rate_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace landfall::admission {
namespace {

Timestamp second(std::int64_t seconds) {
    return from_micros(seconds * 1'000'000);
}

TEST(RateLimiter, LetsTheLimitThroughInEachWindow) {
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

TEST(RateLimiter, TellsTheWholeSecondsToTheEndOfTheWindow) {
    RateLimiter rates;
    EXPECT_EQ(rates.take("a", 9, second(600)).reset_seconds, 60);
    EXPECT_EQ(rates.take("a", 9, second(601)).reset_seconds, 59);
    EXPECT_EQ(rates.take("a", 9, from_micros(659'999'999)).reset_seconds, 1);
}

TEST(RateLimiter, CountsEachKeyForItself) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(0)).allowed);
    EXPECT_FALSE(rates.take("a", 1, second(0)).allowed);
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(rates.take("b" + std::to_string(i), 1, second(0)).allowed);
}

TEST(RateLimiter, OfZeroIsOff) {
    RateLimiter rates;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(rates.take("a", 0, second(0)).allowed);
}

TEST(RateLimiter, RefusedCallsDoNotCount) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(0)).allowed);
    for (int i = 0; i < 10; ++i)
        EXPECT_FALSE(rates.take("a", 1, second(0)).allowed);
    EXPECT_TRUE(rates.take("a", 2, second(0)).allowed) << "one more under a raised limit";
}

TEST(RateLimiter, ACallThatComesLateDoesNotOpenTheNewWindowAgain) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(60)).allowed);
    EXPECT_FALSE(rates.take("a", 1, second(59)).allowed) << "read its clock before, arrived after";
    EXPECT_FALSE(rates.take("a", 1, second(60)).allowed);
}

TEST(RateLimiter, StartsAnewWhenTheClockWasSetBack) {
    RateLimiter rates;
    EXPECT_TRUE(rates.take("a", 1, second(100'000)).allowed);
    EXPECT_TRUE(rates.take("a", 1, second(60)).allowed);
}

TEST(RateLimiter, CountsExactlyUnderContention) {
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

/// What servers share, as the catalog keeps it.
struct Shared {
    std::mutex mutex;
    std::map<std::pair<std::string, Timestamp>, std::int64_t> used;
    std::atomic<int> asked = 0;
    std::atomic<bool> broken = false;

    RateLimiter::Lease lease() {
        return [this](const catalog::RateLease& lease) -> Result<catalog::RateBlock> {
            const std::lock_guard lock(mutex);
            ++asked;
            if (broken)
                return fail(Code::Unavailable, "Gone");
            std::int64_t& used_by_all = used[{lease.key, lease.window_start}];
            const std::int64_t left = std::max<std::int64_t>(0, lease.limit - used_by_all);
            const std::int64_t taken = std::min(left, lease.wanted);
            used_by_all += taken;
            return catalog::RateBlock{taken, left - taken};
        };
    }
};

int count_allowed(RateLimiter& rates, int calls, std::int64_t limit, Timestamp now) {
    int allowed = 0;
    for (int n = 0; n < calls; ++n)
        allowed += rates.take("a", limit, now).allowed ? 1 : 0;
    return allowed;
}

TEST(SharedRateLimiter, ALoneServerSeesTheWindowAsIfItCountedItself) {
    Shared shared;
    RateLimiter rates(shared.lease());
    for (std::int64_t n = 1; n <= 100; ++n) {
        const auto state = rates.take("a", 100, second(600));
        EXPECT_TRUE(state.allowed);
        EXPECT_EQ(state.remaining, 100 - n);
    }
    EXPECT_FALSE(rates.take("a", 100, second(601)).allowed);
    EXPECT_TRUE(rates.take("a", 100, second(660)).allowed);
}

TEST(SharedRateLimiter, AsksOnceABlockAndNoMoreOnceTheWindowIsUsedUp) {
    Shared shared;
    RateLimiter rates(shared.lease());
    EXPECT_EQ(count_allowed(rates, 1000, 100, second(0)), 100);
    EXPECT_EQ(shared.asked, 21) << "blocks of five, and one answer that nothing is left";
}

TEST(SharedRateLimiter, TwoServersKeepToOneLimitAndWasteLessThanABlock) {
    Shared shared;
    RateLimiter first(shared.lease());
    RateLimiter second_server(shared.lease());
    EXPECT_EQ(count_allowed(first, 1, 100, second(0)), 1);
    EXPECT_EQ(count_allowed(second_server, 1000, 100, second(0)), 95);
    EXPECT_EQ(count_allowed(first, 1000, 100, second(0)), 4);
}

TEST(SharedRateLimiter, CountsForItselfWhileTheDatabaseIsAway) {
    Shared shared;
    shared.broken = true;
    RateLimiter rates(shared.lease());
    EXPECT_EQ(count_allowed(rates, 50, 20, second(0)), 20);
}

TEST(SharedRateLimiter, ARaisedLimitIsAskedForAgain) {
    Shared shared;
    RateLimiter rates(shared.lease());
    EXPECT_EQ(count_allowed(rates, 5, 2, second(0)), 2);
    EXPECT_EQ(count_allowed(rates, 5, 3, second(0)), 1);
}

TEST(SharedRateLimiter, ThreadsOfSeveralServersShareExactlyTheLimit) {
    Shared shared;
    std::array<RateLimiter, 3> servers{RateLimiter(shared.lease()), RateLimiter(shared.lease()),
                                       RateLimiter(shared.lease())};
    std::atomic<int> allowed = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < 9; ++t)
            threads.emplace_back([&, t] { allowed += count_allowed(servers[t % 3], 500, 700, second(0)); });
    }
    EXPECT_EQ(allowed, 700);
}

} // namespace
} // namespace landfall::admission
