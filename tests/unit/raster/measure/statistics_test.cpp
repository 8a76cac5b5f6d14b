#include "raster/measure/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace landfall::raster {
namespace {

TEST(Statistics, OfCountedIntegersAreExact) {
    BandSummary summary(BandSummary::Kind::Counted, {-32768, 65536});
    for (int value = -50; value <= 50; ++value)
        ++summary.counters()[static_cast<std::size_t>(value + 32768)];
    summary.add_seen(202);
    const auto result = summary.finish();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->min, -50);
    EXPECT_EQ(result->max, 50);
    EXPECT_DOUBLE_EQ(result->mean, 0);
    EXPECT_DOUBLE_EQ(result->std, std::sqrt(850.0));
    EXPECT_DOUBLE_EQ(result->p2, -48);
    EXPECT_DOUBLE_EQ(result->p98, 48);
    EXPECT_DOUBLE_EQ(result->valid, 0.5);
    EXPECT_EQ(summary.distinct(), 101U);
}

TEST(Statistics, KeepTheirDigitsFarFromZero) {
    BandSummary summary(BandSummary::Kind::Kept);
    for (int piece = 0; piece < 100; ++piece) {
        const std::vector<double> values = {1e9 + 1, 1e9 + 2, 1e9 + 3};
        summary.add(values);
        summary.add_seen(3);
    }
    const auto result = summary.finish();
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->mean, 1e9 + 2, 1e-6);
    EXPECT_NEAR(result->std, std::sqrt(2.0 / 3), 1e-6);
}

TEST(Statistics, PercentilesOfBinnedValuesAreWithinAThousandthOfTheRange) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> heights(1200, 300);
    BandSummary binned(BandSummary::Kind::Binned);
    BandSummary kept(BandSummary::Kind::Kept);
    std::vector<double> values(1000);
    for (int piece = 0; piece < 200; ++piece) {
        for (double& value : values)
            value = heights(random) + piece;
        binned.add(values);
        kept.add(values);
    }
    const auto approximate = binned.finish();
    const auto exact = kept.finish();
    ASSERT_TRUE(approximate && exact);
    const double tolerance = (exact->max - exact->min) * 1e-3;
    EXPECT_NEAR(approximate->p2, exact->p2, tolerance);
    EXPECT_NEAR(approximate->p98, exact->p98, tolerance);
    EXPECT_DOUBLE_EQ(approximate->min, exact->min);
    EXPECT_NEAR(approximate->std, exact->std, 1e-9);
}

TEST(Statistics, SurviveValuesOfEverySize) {
    ExpandingHistogram histogram;
    for (const double value : {0.0, 1e-300, -1e308, 1e308, 5.0, -0.0})
        histogram.add(value);
    EXPECT_TRUE(std::isfinite(histogram.percentile(0.5)));
    ExpandingHistogram constant;
    constant.add(3);
    constant.add(3);
    EXPECT_DOUBLE_EQ(constant.percentile(0.98), 3);
    EXPECT_FALSE(BandSummary(BandSummary::Kind::Binned).finish());
    EXPECT_FALSE(BandSummary(BandSummary::Kind::Counted).finish());
}

} // namespace
} // namespace landfall::raster
