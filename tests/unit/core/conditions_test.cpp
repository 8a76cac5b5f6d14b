#include "core/conditions.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace landfall {
namespace {

const Timestamp kModified = parse_rfc3339("1994-11-06T08:49:37.25Z").value();
const ObjectState kObject{"\"abc\"", kModified, 1000};

std::string told(const ByteRange& range) {
    switch (range.kind) {
    case ByteRange::Kind::Whole:
        return "whole";
    case ByteRange::Kind::Unsatisfiable:
        return "unsatisfiable";
    case ByteRange::Kind::Part:
        return std::to_string(range.first) + "+" + std::to_string(range.length);
    }
    return "";
}

TEST(HttpDate, IsReadInItsThreeForms) {
    const auto expected = parse_rfc3339("1994-11-06T08:49:37Z").value();
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
    EXPECT_EQ(format_http_date(kModified), "Sun, 06 Nov 1994 08:49:37 GMT");
    for (const char* bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT x y z",
                            "Sun, 06 Nov 99999 08:49:37 GMT", "1994-11-06T08:49:37Z"})
        EXPECT_FALSE(parse_http_date(bad)) << bad;
}

TEST(ByteRange, IsReadAgainstTheSize) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"bytes=0-0", "0+1"},
        {"bytes=0-499", "0+500"},
        {"bytes=500-", "500+500"},
        {"bytes=999-", "999+1"},
        {"bytes=-1", "999+1"},
        {"bytes=-1000", "0+1000"},
        {"bytes=-5000", "0+1000"},
        {"bytes=0-5000", "0+1000"},
        {"bytes=10-99999999999999999999999", "10+990"},
        {"Bytes = 1 - 2 ", "1+2"},
        {"bytes=1000-", "unsatisfiable"},
        {"bytes=1000-2000", "unsatisfiable"},
        {"bytes=99999999999999999999999-", "unsatisfiable"},
        {"bytes=-0", "unsatisfiable"},
        {"bytes=0-1,5-6", "whole"},
        {"bytes=2-1", "whole"},
        {"bytes=", "whole"},
        {"bytes=-", "whole"},
        {"bytes", "whole"},
        {"", "whole"},
        {"bytes=a-b", "whole"},
        {"bytes=+1-2", "whole"},
        {"bytes=1--2", "whole"},
        {"bytes=0x1-2", "whole"},
        {"items=0-1", "whole"},
    };
    for (const auto& [header, expected] : cases)
        EXPECT_EQ(told(parse_byte_range(header, 1000)), expected) << header;
    EXPECT_EQ(told(parse_byte_range("bytes=0-", 0)), "unsatisfiable");
    EXPECT_EQ(told(parse_byte_range("bytes=-5", 0)), "unsatisfiable");
}

struct Case {
    Preconditions headers;
    Selection selection;
};

void expect_all(const std::vector<Case>& cases) {
    for (std::size_t i = 0; i < cases.size(); ++i)
        EXPECT_EQ(static_cast<int>(evaluate_conditions(cases[i].headers, kObject).selection),
                  static_cast<int>(cases[i].selection))
            << "case " << i;
}

constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* kSame = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";

TEST(Conditions, OnTagsDecideBeforeThoseOnDates) {
    expect_all({
        {{}, Selection::Full},
        {{.if_match = "\"abc\""}, Selection::Full},
        {{.if_match = "*"}, Selection::Full},
        {{.if_match = "\"x\", \"abc\""}, Selection::Full},
        {{.if_match = "abc"}, Selection::Full},
        {{.if_match = "\"x\""}, Selection::PreconditionFailed},
        {{.if_match = "W/\"abc\""}, Selection::PreconditionFailed},
        {{.if_match = "\"abc"}, Selection::PreconditionFailed},
        {{.if_match = ""}, Selection::PreconditionFailed},
        {{.if_match = "\"abc\"", .if_unmodified_since = kBefore}, Selection::Full},
        {{.if_none_match = "\"abc\""}, Selection::NotModified},
        {{.if_none_match = "W/\"abc\""}, Selection::NotModified},
        {{.if_none_match = "*"}, Selection::NotModified},
        {{.if_none_match = "\"x\",W/\"y\" , \"abc\""}, Selection::NotModified},
        {{.if_none_match = "\"a,bc\""}, Selection::Full},
        {{.if_none_match = "\"x\"", .if_modified_since = kAfter}, Selection::Full},
        {{.if_match = "\"x\"", .if_none_match = "\"abc\""}, Selection::PreconditionFailed},
    });
}

TEST(Conditions, OnDatesCompareWholeSeconds) {
    expect_all({
        {{.if_modified_since = kBefore}, Selection::Full},
        {{.if_modified_since = kSame}, Selection::NotModified},
        {{.if_modified_since = kAfter}, Selection::NotModified},
        {{.if_modified_since = "rubbish"}, Selection::Full},
        {{.if_unmodified_since = kBefore}, Selection::PreconditionFailed},
        {{.if_unmodified_since = kSame}, Selection::Full},
        {{.if_unmodified_since = "rubbish"}, Selection::Full},
    });
}

TEST(Conditions, KeepARangeOnlyOfTheSameObject) {
    expect_all({
        {{.range = "bytes=0-9"}, Selection::Partial},
        {{.if_range = "\"abc\"", .range = "bytes=0-9"}, Selection::Partial},
        {{.if_range = "\"x\"", .range = "bytes=0-9"}, Selection::Full},
        {{.if_range = "W/\"abc\"", .range = "bytes=0-9"}, Selection::Full},
        {{.if_range = kSame, .range = "bytes=0-9"}, Selection::Partial},
        {{.if_range = kAfter, .range = "bytes=0-9"}, Selection::Full},
        {{.if_range = "\"x\"", .range = "bytes=1000-"}, Selection::Full},
        {{.range = "bytes=1000-"}, Selection::InvalidRange},
        {{.if_none_match = "\"abc\"", .range = "bytes=1000-"}, Selection::NotModified},
        {{.if_match = "\"x\"", .range = "bytes=0-9"}, Selection::PreconditionFailed},
    });
}

TEST(Preconditions, OfAChangeNameTheVersionThatStands) {
    struct Change {
        Preconditions conditions;
        bool of_what_stands, of_what_is_not_there;
    };
    const std::vector<Change> cases{
        {{}, true, true},
        {{.if_match = "\"abc\""}, true, false},
        {{.if_match = "*"}, true, false},
        {{.if_match = "\"x\""}, false, false},
        {{.if_match = "W/\"abc\""}, false, false},
        {{.if_none_match = "*"}, false, true},
        {{.if_none_match = "\"abc\""}, false, true},
        {{.if_none_match = "\"x\""}, true, true},
        {{.if_unmodified_since = kBefore}, false, true},
        {{.if_unmodified_since = kSame}, true, true},
        {{.if_match = "\"abc\"", .if_unmodified_since = kBefore}, true, false},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& [conditions, stands, absent] = cases[i];
        const Status checked = conditions.check("abc", *kObject.last_modified);
        EXPECT_EQ(checked.has_value(), stands) << "case " << i;
        EXPECT_TRUE(checked || checked.error().code == Code::PreconditionFailed) << "case " << i;
        EXPECT_EQ(conditions.check_absent().has_value(), absent) << "case " << i;
    }
    EXPECT_TRUE((Preconditions{.if_unmodified_since = kBefore}.check("abc"))) << "without a date there is none to fail";
}

TEST(Preconditions, OfAReadTellWhatTheCallerHas) {
    EXPECT_TRUE((Preconditions{.if_none_match = "\"x\", W/\"abc\""}.has("abc")));
    EXPECT_FALSE((Preconditions{.if_none_match = "\"x\""}.has("abc")));
    EXPECT_FALSE(Preconditions{}.has("abc"));
    EXPECT_TRUE((Preconditions{.if_none_match = "\"abc\""}.check_match("abc")));
    EXPECT_FALSE((Preconditions{.if_match = "\"x\""}.check_match("abc")));
}

TEST(Conditions, TellTheBytesToSend) {
    const auto part = evaluate_conditions({.range = "bytes=-100"}, kObject);
    EXPECT_EQ(part.first, 900);
    EXPECT_EQ(part.length, 100);
    EXPECT_EQ(content_range(part, kObject.size), "bytes 900-999/1000");
    EXPECT_EQ(evaluate_conditions({}, kObject).length, 1000);
}

TEST(Conditions, OfADocumentWithoutTagAndDateHoldWhereAnyVersionWillDo) {
    const ObjectState plain{{}, std::nullopt, 10};
    const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
    EXPECT_EQ(evaluate_conditions({.if_match = "*"}, plain).selection, Selection::Full);
    EXPECT_EQ(evaluate_conditions({.if_match = "\"a\""}, plain).selection, Selection::PreconditionFailed);
    EXPECT_EQ(evaluate_conditions({.if_none_match = "\"a\""}, plain).selection, Selection::Full);
    EXPECT_EQ(evaluate_conditions({.if_none_match = "*"}, plain).selection, Selection::NotModified);
    EXPECT_EQ(evaluate_conditions({.if_modified_since = date}, plain).selection, Selection::Full);
    EXPECT_EQ(evaluate_conditions({.if_unmodified_since = date}, plain).selection, Selection::Full);
    EXPECT_EQ(evaluate_conditions({.if_range = date, .range = "bytes=0-1"}, plain).selection, Selection::Full);
    EXPECT_EQ(evaluate_conditions({.if_range = "", .range = "bytes=0-1"}, plain).selection, Selection::Full);
}

} // namespace
} // namespace landfall
