#include "catalog/items/place.hpp"

#include <gtest/gtest.h>

#include <random>

namespace landfall::catalog {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

TEST(Place, TellsApartWhatLiesCellsAway) {
    const std::int64_t item = place_of({10, 20, 11, 21}, place_day(5 * kDay));
    EXPECT_TRUE(place_meets(item, place_of({10.5, 20.5, 30, 30}, kLastDay), 0));
    EXPECT_FALSE(place_meets(item, place_of({12, 20, 30, 30}, kLastDay), 0));
    EXPECT_FALSE(place_meets(item, place_of({10, 22, 30, 30}, kLastDay), 0));
    EXPECT_FALSE(place_meets(item, place_of({10, 20, 11, 21}, place_day(4 * kDay)), 0));
    EXPECT_FALSE(place_meets(item, place_of({10, 20, 11, 21}, kLastDay), place_day(6 * kDay)));
}

TEST(Place, NeverMissesBoxesThatMeet) {
    std::mt19937 random(3);
    const auto box = [&] {
        std::uniform_real_distribution<double> x(-180, 180);
        std::uniform_real_distribution<double> y(-90, 90);
        const double a = x(random);
        const double b = x(random);
        const double c = y(random);
        const double d = y(random);
        return geo::Bounds{std::min(a, b), std::min(c, d), std::max(a, b), std::max(c, d)};
    };
    int met = 0;
    for (int n = 0; n < 10'000; ++n) {
        const geo::Bounds a = box();
        const geo::Bounds b = box();
        if (a.west > b.east || a.east < b.west || a.south > b.north || a.north < b.south)
            continue;
        ++met;
        EXPECT_TRUE(place_meets(place_of(a, 7), place_of(b, 7), 7));
    }
    EXPECT_GT(met, 1000);
}

TEST(Place, ABoxAcrossTheAntimeridianMayBeAnywhereOnItsLatitude) {
    const std::int64_t item = place_of({179, 0, -179, 1}, 0);
    EXPECT_TRUE(place_meets(item, place_of({-180, 0, -179.5, 1}, kLastDay), 0));
    EXPECT_TRUE(place_meets(item, place_of({179.5, 0, 180, 1}, kLastDay), 0));
    EXPECT_FALSE(place_meets(item, place_of({179.5, 2, 180, 3}, kLastDay), 0));
}

TEST(Place, HoldsInstantsBeyondItsDaysWithinThem) {
    EXPECT_EQ(place_day(-1'000'000 * kDay), 0);
    EXPECT_EQ(place_day(1'000'000 * kDay), kLastDay);
    EXPECT_EQ(place_day(0), 25'567);
    EXPECT_EQ(place_day(-1), 25'566);
}

} // namespace
} // namespace landfall::catalog
