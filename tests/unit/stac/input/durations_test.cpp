#include "stac/input/durations.hpp"

#include <gtest/gtest.h>

namespace landfall::stac {
namespace {

TEST(Durations, HaveOneText) {
    EXPECT_EQ(normalized_duration("P3DT2H"), "P3DT02H00M00S");
    EXPECT_EQ(normalized_duration("PT4H"), "P0DT04H00M00S");
    EXPECT_EQ(normalized_duration("PT26H"), normalized_duration("P1DT2H"));
    EXPECT_EQ(normalized_duration("PT90M30S"), "P0DT01H30M30S");
    EXPECT_EQ(normalized_duration("P1W"), "P7DT00H00M00S");
    EXPECT_EQ(normalized_duration("P2D"), "P2DT00H00M00S");
}

TEST(Durations, OfTheWrongOrderOrFormAreNone) {
    for (const char* text : {"P1HT2D", "P2D1H", "P", "PT", "", "T1H", "1D", "P1DT", "P1", "PT1H2", "P-1D", "PT2M1H",
                             "P99999999999D", "P1Y", "yesterday"})
        EXPECT_EQ(normalized_duration(text), std::nullopt) << text;
}

} // namespace
} // namespace landfall::stac
