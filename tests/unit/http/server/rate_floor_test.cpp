#include "http/server/rate_floor.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

using std::chrono::seconds;

TEST(RateFloorTest, AWindowThatEndsShortIsTooSlow) {
    const RateFloor::Clock::time_point start{};
    RateFloor floor(16, seconds(300), start);
    EXPECT_TRUE(floor.moved(10, start + seconds(299)));
    EXPECT_FALSE(floor.moved(10, start + seconds(300)));
}

TEST(RateFloorTest, EachWindowCountsAnewAndPausesDoNotCount) {
    const RateFloor::Clock::time_point start{};
    RateFloor floor(16, seconds(300), start);
    EXPECT_TRUE(floor.moved(4800, start + seconds(300)));
    floor.pause(seconds(1000));
    EXPECT_TRUE(floor.moved(1, start + seconds(1599)));
    EXPECT_FALSE(floor.moved(1, start + seconds(1600)));
}

TEST(RateFloorTest, NoFloorMeansNoLimit) {
    const RateFloor::Clock::time_point start{};
    RateFloor floor(0, seconds(300), start);
    EXPECT_TRUE(floor.moved(1, start + seconds(10'000)));
}

} // namespace
} // namespace landfall::http
