#include "core/mutex.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace landfall {
namespace {

using Clock = std::chrono::steady_clock;

/// A number that threads wait for.
struct Box {
    Mutex mutex;
    Condition changed;
    int number GUARDED_BY(mutex) = 0;
};

void let_in_and_throw(Box& box) REQUIRES(box.mutex) {
    const Unlock meanwhile(box.mutex);
    std::jthread([&] {
        const Lock lock(box.mutex);
        box.number = 7;
    }).join();
    throw std::runtime_error("lost");
}

TEST(Condition, AWaitEndsWithWhatIsAwaited) {
    Box box;
    std::jthread writer([&] {
        const Lock lock(box.mutex);
        box.number = 7;
        box.changed.notify_one();
    });
    const Lock lock(box.mutex);
    while (box.number == 0)
        box.changed.wait(box.mutex);
    EXPECT_EQ(box.number, 7);
}

TEST(Condition, ADeadlineThatHasPassedEndsTheWait) {
    Box box;
    const Lock lock(box.mutex);
    EXPECT_FALSE(box.changed.wait_until(box.mutex, Clock::now() - std::chrono::seconds(1)));
}

TEST(Unlock, LetsOthersInAndHoldsAgainAfterAThrow) {
    Box box;
    const Lock lock(box.mutex);
    EXPECT_THROW(let_in_and_throw(box), std::runtime_error);
    EXPECT_EQ(box.number, 7); // and the end of the lock unlocks what is locked
}

TEST(SharedLock, ReadersHoldTheMutexTogether) {
    SharedMutex mutex;
    const SharedLock mine(mutex);
    std::atomic<bool> inside = false;
    std::jthread([&] {
        const SharedLock other(mutex);
        inside = true;
    }).join();
    EXPECT_TRUE(inside);
}

TEST(Sleep, AStopEndsIt) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(sleep_unless_stopped(std::chrono::hours(1), stop.get_token()));
    EXPECT_TRUE(sleep_unless_stopped(std::chrono::milliseconds(1), {}));
}

} // namespace
} // namespace landfall
