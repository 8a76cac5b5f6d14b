#include "http/server/work_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <semaphore>
#include <sys/resource.h>
#include <thread>

namespace landfall::http {
namespace {

int own_niceness() {
    return ::getpriority(PRIO_PROCESS, 0);
}

TEST(WorkPool, WhatAJobDoesGivesWayAndItsReportDoesNot) {
    const int usual = own_niceness();
    int at_work = 0;
    int at_report = 0;
    {
        WorkPool pool(PoolSize{1, 0, 7, 1});
        pool.submit("a", {[&] { at_work = own_niceness(); }, [&] { at_report = own_niceness(); }});
    }
    EXPECT_EQ(at_work, std::min(usual + 7, 19));
    EXPECT_EQ(at_report, usual);
}

TEST(WorkPool, WithoutNicenessAJobAndItsReportShareAThread) {
    std::thread::id at_work;
    std::thread::id at_report;
    {
        WorkPool pool(PoolSize{1, 0, 0, 1});
        pool.submit("a",
                    {[&] { at_work = std::this_thread::get_id(); }, [&] { at_report = std::this_thread::get_id(); }});
    }
    EXPECT_EQ(at_work, at_report);
}

TEST(WorkPool, WhatAJobHoldsIsGoneBeforeItsReport) {
    for (const int niceness : {0, 5}) {
        auto held = std::make_shared<int>(1);
        const std::weak_ptr<int> seen = held;
        bool gone = false;
        {
            WorkPool pool(PoolSize{1, 0, niceness, 1});
            pool.submit("a", {[held = std::move(held)] { EXPECT_EQ(*held, 1); }, [&] { gone = seen.expired(); }});
        }
        EXPECT_TRUE(gone) << niceness;
    }
}

TEST(WorkPool, ANicePoolRunsAllThatItWasGivenBeforeItEnds) {
    std::atomic<int> worked{0};
    std::atomic<int> reported{0};
    {
        WorkPool pool(PoolSize{3, 1, 3, 1000});
        for (int number = 0; number < 500; ++number)
            EXPECT_TRUE(pool.try_submit(number % 2 == 0 ? "a" : "b", {[&] { ++worked; }, [&] { ++reported; }}));
    }
    EXPECT_EQ(worked, 500);
    EXPECT_EQ(reported, 500);
}

TEST(WorkPool, OneOwnersJobsLeaveHalfOfTheQueueToOthers) {
    std::binary_semaphore begun{0};
    std::binary_semaphore go_on{0};
    const PoolJob nothing{[] {}, [] {}};
    WorkPool pool(PoolSize{1, 0, 3, 4});
    pool.submit("a", {[&] { begun.release(), go_on.acquire(); }, [] {}});
    begun.acquire();
    EXPECT_TRUE(pool.try_submit("a", nothing));
    EXPECT_TRUE(pool.try_submit("a", nothing));
    EXPECT_FALSE(pool.try_submit("a", nothing));
    EXPECT_TRUE(pool.try_submit("b", nothing));
    EXPECT_TRUE(pool.try_submit("b", nothing));
    EXPECT_FALSE(pool.try_submit("c", nothing));
    go_on.release();
}

} // namespace
} // namespace landfall::http
