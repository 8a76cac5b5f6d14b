#include "raster/measure/statistics.hpp"
#include "raster/probe/value_kinds.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

struct Values {
    std::string type;
    std::size_t distinct;
    double min, max;
};

bool are_classes(const Values& values, std::size_t bands = 1) {
    std::vector<BandFacts> facts(bands);
    ScanResult scan;
    for (BandFacts& band : facts) {
        band.data_type = values.type;
        band.color_interpretation = "gray";
        band.statistics = BandStatistics{.min = values.min, .max = values.max};
        scan.distinct.push_back(values.distinct);
    }
    return look_like_classes(facts, scan, 1e6);
}

TEST(ValueKinds, FewWholeNumbersAreClassesOfAnyWidth) {
    for (const char* const type : {"uint8", "uint16", "int16", "uint32", "int32"})
        EXPECT_TRUE(are_classes({type, 20, 1, 20})) << type;
    EXPECT_TRUE(are_classes({"uint16", 2, 21'824, 22'280})) << "bit fields of quality";
    EXPECT_TRUE(are_classes({"uint16", 40, 21'824, 55'052}));
    EXPECT_TRUE(are_classes({"uint8", 24, 0, 255}, 3));
}

TEST(ValueKinds, MeasurementsAreNoClasses) {
    EXPECT_FALSE(are_classes({"uint8", 25, 0, 255}));
    EXPECT_FALSE(are_classes({"int16", 19, 87, 105})) << "a plain";
    EXPECT_FALSE(are_classes({"int16", 19, -3, 15})) << "a coast";
    EXPECT_FALSE(are_classes({"uint16", 256, 0, 65'535})) << "bytes in 16 bits";
    EXPECT_FALSE(are_classes({"int32", kManyValues, 0, 1e6}));
    EXPECT_FALSE(are_classes({"uint16", 1, 7, 7})) << "a constant";
    EXPECT_FALSE(are_classes({"float32", 5, 0, 5}));
    EXPECT_FALSE(are_classes({"uint16", 5, 0, 9}, 3)) << "colours of a drawing";
}

TEST(ValueKinds, AlphaThatNeverHidesIsInfrared) {
    std::vector<BandFacts> bands(4);
    ScanResult scan;
    for (BandFacts& band : bands) {
        band.data_type = "uint8";
        band.statistics = BandStatistics{.min = 3, .max = 250, .p2 = 20, .p98 = 230};
        scan.distinct.push_back(200);
    }
    EXPECT_EQ(infrared_alpha(bands, scan), 0);
    BandFacts& alpha = bands[3];
    alpha.color_interpretation = "alpha";
    EXPECT_EQ(infrared_alpha(bands, scan), 4);
    scan.distinct[3] = 3;
    EXPECT_EQ(infrared_alpha(bands, scan), 0) << "a glass pane";
    scan.distinct[3] = 200;
    alpha.statistics = BandStatistics{.min = 0, .max = 255, .p2 = 0, .p98 = 255};
    EXPECT_EQ(infrared_alpha(bands, scan), 0) << "soft edges";
    alpha.data_type = "uint16";
    alpha.statistics = BandStatistics{.min = 900, .max = 21'000, .p2 = 1500, .p98 = 18'000};
    EXPECT_EQ(infrared_alpha(bands, scan), 4);
}

} // namespace
} // namespace landfall::raster
