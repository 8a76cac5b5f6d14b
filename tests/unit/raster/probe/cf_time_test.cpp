#include "raster/probe/cf_time.hpp"

#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

TEST(CfTime, CountsFromItsMoment) {
    EXPECT_EQ(cf_time("18276", "days since 1949-01-01 00:00:00", "standard"), "1999-01-15");
    EXPECT_EQ(cf_time("0.5", "days since 2000-2-28", ""), "2000-02-28T12:00");
    EXPECT_EQ(cf_time("24", "hours since 2000-02-28T00:00:00Z", "gregorian"), "2000-02-29");
    EXPECT_EQ(cf_time("24", "hours since 2000-02-28", "noleap"), "2000-03-01");
    EXPECT_EQ(cf_time("365", "days since 1999-01-01", "365_day"), "2000-01-01");
    EXPECT_EQ(cf_time("-1", "days since 1970-01-01", "noleap"), "1969-12-31");
    EXPECT_EQ(cf_time("90", "Minutes since 1970-01-01 06:00", "proleptic_gregorian"), "1970-01-01T07:30");
}

TEST(CfTime, TellsNothingItDoesNotKnow) {
    for (const auto& [value, units, calendar] : {std::array<const char*, 3>{"1", "months since 2000-01-01", ""},
                                                 {"1", "days", ""},
                                                 {"x", "days since 2000-01-01", ""},
                                                 {"1", "days since 2000-13-01", ""},
                                                 {"1", "days since 2000-01-01", "360_day"},
                                                 {"nan", "days since 2000-01-01", ""},
                                                 {"1e300", "days since 2000-01-01", ""},
                                                 {"1", "metres since 2000-01-01", ""},
                                                 {"1", "days since", ""},
                                                 {"99999999", "days since 2000-01-01", ""}})
        EXPECT_FALSE(cf_time(value, units, calendar)) << value << " " << units << " " << calendar;
}

} // namespace
} // namespace landfall::raster
