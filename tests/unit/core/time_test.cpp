#include "core/time.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

std::string normal(std::string_view text) {
    const auto at = parse_rfc3339(text);
    return at ? format_rfc3339(*at) : "refused";
}

struct TimeCase {
    std::string_view text;
    std::string_view normal;
};

class ParsedTimes : public testing::TestWithParam<TimeCase> {};

TEST_P(ParsedTimes, AreWrittenInUtcWithMicroseconds) {
    EXPECT_EQ(normal(GetParam().text), GetParam().normal) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Accepted, ParsedTimes,
                         testing::Values(TimeCase{"2026-05-18T04:21:00Z", "2026-05-18T04:21:00.000000Z"},
                                         TimeCase{"2026-05-18t04:21:00z", "2026-05-18T04:21:00.000000Z"},
                                         TimeCase{"2026-05-18 04:21:00Z", "2026-05-18T04:21:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00", "2026-05-18T04:21:00.000000Z"},
                                         TimeCase{"2026-05-18", "2026-05-18T00:00:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00.5Z", "2026-05-18T04:21:00.500000Z"},
                                         TimeCase{"2026-05-18T04:21:00.123456Z", "2026-05-18T04:21:00.123456Z"},
                                         TimeCase{"2026-05-18T04:21:00.123456789Z", "2026-05-18T04:21:00.123456Z"},
                                         TimeCase{"2026-05-18T04:21:00+02:00", "2026-05-18T02:21:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00-09:30", "2026-05-18T13:51:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00+02", "2026-05-18T02:21:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00-00:00", "2026-05-18T04:21:00.000000Z"},
                                         TimeCase{"2026-05-18T04:21:00+23:59", "2026-05-17T04:22:00.000000Z"},
                                         TimeCase{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
                                         TimeCase{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
                                         TimeCase{"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
                                         TimeCase{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
                                         TimeCase{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"}));

INSTANTIATE_TEST_SUITE_P(
    Refused, ParsedTimes,
    testing::Values(TimeCase{"", "refused"}, TimeCase{"now", "refused"}, TimeCase{"2026", "refused"},
                    TimeCase{"2026-5-18", "refused"}, TimeCase{"2026-13-01", "refused"},
                    TimeCase{"2026-02-29", "refused"}, TimeCase{"2026-04-31", "refused"},
                    TimeCase{"2026-00-10", "refused"}, TimeCase{"2026-05-18T", "refused"},
                    TimeCase{"2026-05-18T04:21Z", "refused"}, TimeCase{"2026-05-18T24:00:00Z", "refused"},
                    TimeCase{"2026-05-18T04:60:00Z", "refused"}, TimeCase{"2026-05-18T04:21:61Z", "refused"},
                    TimeCase{"2026-05-18T04:21:00.Z", "refused"},
                    TimeCase{"2026-05-18T04:21:00.1234567890Z", "refused"},
                    TimeCase{"2026-05-18T04:21:00,5Z", "refused"}, TimeCase{"2026-05-18T04:21:00Zx", "refused"},
                    TimeCase{"2026-05-18T04:21:00+2", "refused"}, TimeCase{"2026-05-18T04:21:00+0200", "refused"},
                    TimeCase{"2026-05-18T04:21:00+02:0", "refused"}, TimeCase{"2026-05-18T04:21:00+02:", "refused"},
                    TimeCase{"2026-05-18T04:21:00+00:60", "refused"}, TimeCase{"2026-05-18T04:21:00+24:00", "refused"},
                    TimeCase{"-026-05-18", "refused"}, TimeCase{"+2026-05-18", "refused"},
                    TimeCase{"0000-01-01T00:00:00Z", "refused"}, TimeCase{"0001-01-01T00:00:00+01:00", "refused"},
                    TimeCase{"9999-12-31T23:59:59-01:00", "refused"}, TimeCase{" 2026-05-18", "refused"},
                    TimeCase{"2026-05-18 ", "refused"}, TimeCase{"\xD9\xA2\xD9\xA0", "refused"}));

TEST(Time, ARefusalQuotesNoMoreThan64Bytes) {
    const auto refused = parse_rfc3339(std::string(10'000, 'x'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::InvalidArgument);
    EXPECT_LT(refused.error().message.size(), 200U);
}

TEST(Time, MicrosecondsAndBackAreTheSameInstant) {
    for (const std::int64_t micros : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'800'000'000'123'456}})
        EXPECT_EQ(to_micros(from_micros(micros)), micros);
}

TEST(Time, AManualClockStandsStillUntilItIsMoved) {
    ManualClock clock(from_micros(5));
    EXPECT_EQ(clock.now(), clock.now());
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(to_micros(clock.now()), 1'000'005);
}

std::string range_text(std::string_view text) {
    const auto range = parse_time_range(text);
    if (!range)
        return "refused";
    const auto side = [](const std::optional<Timestamp>& at) { return at ? format_rfc3339(*at) : ".."; };
    return side(range->start) + "/" + side(range->end);
}

class Ranges : public testing::TestWithParam<TimeCase> {};

TEST_P(Ranges, AreClosedIntervalsThatMayBeOpenOnOneSide) {
    EXPECT_EQ(range_text(GetParam().text), GetParam().normal) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Ranges,
    testing::Values(TimeCase{"2026-05-18T04:21:00Z", "2026-05-18T04:21:00.000000Z/2026-05-18T04:21:00.000000Z"},
                    TimeCase{"2026-05-18", "2026-05-18T00:00:00.000000Z/2026-05-18T23:59:59.999999Z"},
                    TimeCase{"2026-05-18/2026-05-19", "2026-05-18T00:00:00.000000Z/2026-05-19T23:59:59.999999Z"},
                    TimeCase{"2026-05-18T01:00:00Z/..", "2026-05-18T01:00:00.000000Z/.."},
                    TimeCase{"2026-05-18T01:00:00Z/", "2026-05-18T01:00:00.000000Z/.."},
                    TimeCase{"../2026-05-18", "../2026-05-18T23:59:59.999999Z"},
                    TimeCase{"/2026-05-18T01:00:00Z", "../2026-05-18T01:00:00.000000Z"},
                    TimeCase{"2026-05-18T01:00:00Z/2026-05-18T01:00:00Z",
                             "2026-05-18T01:00:00.000000Z/2026-05-18T01:00:00.000000Z"},
                    TimeCase{"2026-05-19/2026-05-18", "refused"}, TimeCase{"../..", "refused"},
                    TimeCase{"/", "refused"}, TimeCase{"", "refused"}, TimeCase{"..", "refused"},
                    TimeCase{"a/b", "refused"}, TimeCase{"2026-05-18/2026-05-19/2026-05-20", "refused"}));

} // namespace
} // namespace landfall
