#include "raster/analyse/weighted_values.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

/// As exactextract 0.3 has them: distinct values 1, 2, 3, 5, 7, 9 with these weights.
constexpr std::pair<double, double> kSample[] = {{7, 1},    {1, 0.5}, {2, 0.25}, {3, 0.75}, {2, 1},
                                                 {9, 0.25}, {5, 0.5}, {1, 1},    {7, 0.5},  {3, 1}};

WeightedValues sample(const std::optional<ValueRange>& range, bool as_doubles) {
    WeightedValues values(range, as_doubles);
    for (const auto& [value, weight] : kSample)
        EXPECT_TRUE(values.add(static_cast<std::int32_t>(value), weight));
    values.finish();
    return values;
}

TEST(WeightedValues, AreTheSameCountedOrKept) {
    const std::vector<double> shares{0, 0.98, 0.5, 0.02, 1, 0.25};
    const auto counted = quantiles(sample(ValueRange{0, 256}, false), shares);
    EXPECT_EQ(counted, quantiles(sample(std::nullopt, true), shares));
    EXPECT_EQ(counted, quantiles(sample(std::nullopt, false), shares));
    EXPECT_DOUBLE_EQ(counted[0], 1);
    EXPECT_DOUBLE_EQ(counted[4], 9);
    // Sum of weights 6.75, six values: the median stands at 16.875 between 2 (at 8.75) and 3 (at 17.25).
    EXPECT_DOUBLE_EQ(counted[2], 2 + (16.875 - 8.75) / (17.25 - 8.75));
}

TEST(WeightedValues, WithoutAnyHaveNoQuantiles) {
    WeightedValues none(std::nullopt, true);
    none.finish();
    EXPECT_TRUE(quantiles(none, std::vector<double>{0.5}).empty());
    EXPECT_TRUE(histogram(none, 3).counts.empty());
    EXPECT_FALSE(variety_of(none));
}

TEST(WeightedValues, OfOneValueHaveItEverywhere) {
    WeightedValues one(std::nullopt, false);
    ASSERT_TRUE(one.add(4.5F, 0.3));
    one.finish();
    EXPECT_EQ(quantiles(one, std::vector<double>{0, 0.5, 1}), (std::vector<double>{4.5, 4.5, 4.5}));
    const auto bins = histogram(one, 2);
    EXPECT_EQ(bins.edges, (std::vector<double>{4, 4.5, 5}));
    EXPECT_EQ(bins.counts, (std::vector<double>{0, 0.3}));
}

TEST(WeightedValues, FillBinsWhoseLastOneHoldsTheLargest) {
    const auto bins = histogram(sample(ValueRange{0, 256}, false), 4);
    EXPECT_EQ(bins.edges, (std::vector<double>{1, 3, 5, 7, 9}));
    EXPECT_EQ(bins.counts, (std::vector<double>{2.75, 1.75, 0.5, 1.75}));
}

TEST(WeightedValues, OfEqualWeightTakeTheLargestAsMajorityAndTheSmallestAsMinority) {
    const auto found = variety_of(sample(std::nullopt, true));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->variety, 6);
    EXPECT_EQ(found->majority, 3);
    EXPECT_EQ(found->minority, 9);
    WeightedValues tie(std::nullopt, true);
    for (const double value : {4.0, 1.0, 2.0})
        ASSERT_TRUE(tie.add(value, 1));
    tie.finish();
    EXPECT_EQ(variety_of(tie)->majority, 4);
    EXPECT_EQ(variety_of(tie)->minority, 1);
}

} // namespace
} // namespace landfall::raster
