#include "imagery/cf_time.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace landfall::imagery {
namespace {

std::string text(std::string_view units, std::string_view calendar, double value) {
    const auto at = cf_instant(units, calendar, value);
    return at ? format_rfc3339(*at).substr(0, 23) : "";
}

TEST(CfTime, CountsFromADateInUnitsOfFixedLength) {
    EXPECT_EQ(text("days since 1950-01-01 00:00:00", "", 17927.5), "1999-01-31T12:00:00.000");
    EXPECT_EQ(text("seconds since 2000-01-01 12:00:00", "standard", 86400.25), "2000-01-02T12:00:00.250");
    EXPECT_EQ(text("hours since 1900-01-01 00:00:0.0", "gregorian", 1043136), "2019-01-01T00:00:00.000");
    EXPECT_EQ(text("minutes since 1970-1-1", "proleptic_gregorian", -1), "1969-12-31T23:59:00.000");
    EXPECT_EQ(text("Days Since 2001-02-28T12:00:00Z", "standard", 1), "2001-03-01T12:00:00.000");
    EXPECT_EQ(text("hours since 2001-01-01 00:00:00 +2:00", "standard", 3), "2001-01-01T01:00:00.000");
    EXPECT_EQ(text("hours since 2001-01-01 00:00:00 -0130", "standard", 0), "2001-01-01T01:30:00.000");
}

TEST(CfTime, TheStandardCalendarIsJulianBefore1582) {
    // As NOAA's reanalyses count: 1800-01-01 is hour 15 769 752 since year 1.
    EXPECT_EQ(text("hours since 1-1-1 00:00:0.0", "", 15769752), "1800-01-01T00:00:00.000");
    EXPECT_EQ(text("hours since 1-1-1 00:00:0.0", "proleptic_gregorian", 15769704), "1800-01-01T00:00:00.000");
}

TEST(CfTime, OtherCalendarsGiveTheirDatesWhereOursHasThem) {
    EXPECT_EQ(text("days since 2000-01-01", "noleap", 59), "2000-03-01T00:00:00.000");
    EXPECT_EQ(text("days since 2000-01-01", "365_day", 365 * 3 + 31), "2003-02-01T00:00:00.000");
    EXPECT_EQ(text("days since 2000-01-01", "360_day", 45.5), "2000-02-16T12:00:00.000");
    EXPECT_EQ(text("days since 2001-01-01", "360_day", 59), "") << "30 February";
    EXPECT_EQ(text("days since 2001-01-01", "all_leap", 59), "") << "29 February of a common year";
    EXPECT_EQ(text("days since 2001-01-01", "martian", 1), "");
}

TEST(CfTime, InventsNothing) {
    EXPECT_EQ(text("months since 2000-01-01", "standard", 1), "");
    EXPECT_EQ(text("years since 2000-01-01", "standard", 1), "");
    EXPECT_EQ(text("days", "standard", 1), "");
    EXPECT_EQ(text("days since the flood", "standard", 1), "");
    EXPECT_EQ(text("days since 2000-13-01", "standard", 1), "");
    EXPECT_EQ(text("days since 0001-01-01", "standard", 15), "") << "a month of no year";
    EXPECT_EQ(text("days since 2000-01-01", "standard", std::numeric_limits<double>::quiet_NaN()), "");
    EXPECT_EQ(text("days since 2000-01-01", "standard", 9.969e36), "");
    EXPECT_EQ(text("days since 2000-01-01", "noleap", -1e300), "");
}

} // namespace
} // namespace landfall::imagery
