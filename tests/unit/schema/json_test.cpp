#include "schema/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace landfall {
namespace {

Json parsed(std::string_view text) {
    auto json = Json::parse(text);
    EXPECT_TRUE(json) << text << ": " << (json ? "" : json.error().message);
    return json ? *std::move(json) : Json("unparsed");
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParser, KeepsTypesAndTheOrderOfMembers) {
    const Json json = parsed(R"({"b":1,"a":[true,null,"x",1.5,-0.25e2]})");
    EXPECT_TRUE(json["b"].is_integer());
    EXPECT_EQ(json["a"].items()[4].as_number(), -25);
    EXPECT_EQ(json.dump(), R"({"b":1,"a":[true,null,"x",1.5,-25]})");
}

TEST(JsonParser, ARepeatedNameKeepsItsLastValue) {
    EXPECT_EQ(parsed(R"({"a":1,"b":2,"a":3,"c":4,"a":5})").dump(), R"({"b":2,"c":4,"a":5})");
    EXPECT_EQ(parsed(R"({"a":1,"\u0061":2})").dump(), R"({"a":2})");
}

class RefusedJson : public testing::TestWithParam<std::string_view> {};

TEST_P(RefusedJson, IsMalformed) {
    const auto json = Json::parse(GetParam());
    ASSERT_FALSE(json) << GetParam();
    EXPECT_EQ(json.error().code, Code::BadRequest);
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedJson,
                         testing::Values("", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "+1", "1.",
                                         ".5", "1e", "NaN", "Infinity", "-Infinity", "nul", "tru", "\"a", "\"\n\"",
                                         "\"\\x\"", "\"\\ud800\"", "\"\xFF\"", "1 2", "{} {}", "1e400", "//x\n1",
                                         "1e999", "\xEF\xBB"));

TEST(JsonParser, NestsAtMost64Levels) {
    EXPECT_TRUE(Json::parse(nested(60)));
    EXPECT_FALSE(Json::parse(nested(65)));
    const auto deep = Json::parse(nested(100'000));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, Code::BadRequest);
    EXPECT_TRUE(Json::parse("[1]")) << "a refused text leaves no trace";
}

TEST(JsonParser, ReadsLargeTextsAsDeepAsSmallOnes) {
    const std::string filler(2 << 20, 'x');
    EXPECT_EQ(parsed("[\"" + filler + "\"]").items()[0].as_view(), filler);
    EXPECT_FALSE(Json::parse("[\"" + filler + "\"," + nested(70) + "]"));
    EXPECT_TRUE(Json::parse(nested(60)));
}

TEST(JsonParser, ReadsTheLargestAndTheSmallestIntegersExactly) {
    EXPECT_EQ(parsed("9223372036854775807").as_integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parsed("-9223372036854775808").as_integer(), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(parsed("9223372036854775808").is_integer());
    EXPECT_EQ(parsed("9223372036854775808").as_integer(-7), -7);
    EXPECT_EQ(parsed("9223372036854775808").as_number(), 9223372036854775808.0);
}

TEST(JsonParser, KeepsIntegersPast64BitsAndLeavesTheOthersAlone) {
    const auto json =
        Json::parse(R"({"a":18446744073709551616,"b":9223372036854775807,"c":-99999999999999999999,)"
                    R"("d":"18446744073709551616 \" 18446744073709551616","e":[123456789012345678901234]})");
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_FALSE((*json)["a"].is_integer());
    EXPECT_TRUE((*json)["a"].is_wide_integer() && (*json)["a"].is_number());
    EXPECT_FALSE((*json)["b"].is_wide_integer());
    EXPECT_EQ((*json)["a"].as_number(), 18446744073709551616.0);
    EXPECT_EQ((*json)["b"].as_integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ((*json)["c"].as_number(), -1e20);
    EXPECT_EQ((*json)["d"].as_string(), R"(18446744073709551616 " 18446744073709551616)");
    EXPECT_EQ((*json)["e"].items()[0].as_number(), 123456789012345678901234.0);
    EXPECT_EQ(json->dump(), R"({"a":18446744073709551616,"b":9223372036854775807,"c":-99999999999999999999,)"
                            R"("d":"18446744073709551616 \" 18446744073709551616","e":[123456789012345678901234]})");
    EXPECT_EQ(parsed("18446744073709551615").dump(), "18446744073709551615"); // fits 64 bits without a sign
    for (const char* bad : {"{18446744073709551616: 1}", "01844674407370955161600", "1e18446744073709551616",
                            "[18446744073709551616", "-"})
        EXPECT_FALSE(Json::parse(bad)) << bad;
}

TEST(JsonParser, ReadsATextThatIsNotFollowedByRoom) {
    const std::string text = R"(["a"])";
    const std::vector<char> exact(text.begin(), text.end());
    EXPECT_EQ(parsed({exact.data(), exact.size()}).dump(), text);
}

TEST(JsonValueCount, CountsScalarsListsAndObjectsButNothingWithinAText) {
    EXPECT_EQ(count_json_values("7"), 1U);
    EXPECT_EQ(count_json_values("[0,0,0]"), 4U);
    EXPECT_EQ(count_json_values(R"({"a":[1,{"b":2}],"c":"d"})"), 6U);
    EXPECT_EQ(count_json_values(R"(["a,b,[{","\"",",\\",0])"), 5U);
}

TEST(Json, GivesTheDefaultForAValueOfAnotherType) {
    const Json text("x");
    EXPECT_EQ(text.as_integer(3), 3);
    EXPECT_EQ(text.as_number(1.5), 1.5);
    EXPECT_TRUE(text.as_bool(true));
    EXPECT_EQ(Json(1).as_string("y"), "y");
    EXPECT_TRUE(Json(1).items().empty());
    EXPECT_TRUE(text["a"]["b"].is_null());
}

TEST(Json, ReadsAnIntegerFromANumberWithoutFraction) {
    EXPECT_EQ(Json(2.0).as_integer(), 2);
    EXPECT_EQ(Json(2.5).as_integer(-1), -1);
    EXPECT_EQ(Json(1e300).as_integer(-1), -1);
    EXPECT_EQ(Json(std::nan("")).as_integer(-1), -1);
}

TEST(Json, SetsReplacesAndErasesMembersInPlace) {
    Json json = Json::object({{"a", 1}, {"b", 2}});
    json.set("a", 3);
    json.set("c", 4);
    json.erase("b");
    EXPECT_EQ(json.dump(), R"({"a":3,"c":4})");
    Json scalar(1);
    scalar.push(2);
    EXPECT_EQ(scalar.dump(), "[2]");
}

TEST(JsonWriter, EscapesWhatMustBeEscaped) {
    std::string out;
    append_json_string(out, std::string_view("\"\\\n\r\t\b\x01\0/\x7F\xC3\xBC", 12));
    EXPECT_EQ(out, "\"\\\"\\\\\\n\\r\\t\\u0008\\u0001\\u0000/\x7F\xC3\xBC\"");
}

TEST(JsonWriter, ReplacesIllFormedUtf8) {
    std::string out;
    append_json_string(out, "a\xFFz");
    EXPECT_EQ(out, "\"a\xEF\xBF\xBDz\"");
    EXPECT_TRUE(Json::parse(out));
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
    for (const double value : {0.0, 1.0, -1.5, 0.1, 1e15, 123456789012345.0, 1e300, 5e-324, 1.7976931348623157e308,
                               -122.4194155, 1.0 / 3.0}) {
        std::string out;
        append_json_number(out, value);
        EXPECT_EQ(parsed(out).as_number(), value) << out;
    }
    for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL})
        EXPECT_EQ(Json(value).dump(), "null");
}

TEST(Json, OfAHugeUnsignedNumberIsAWideInteger) {
    EXPECT_TRUE(Json(std::uint64_t{7}).is_integer());
    const Json huge(std::numeric_limits<std::uint64_t>::max());
    EXPECT_FALSE(huge.is_integer());
    EXPECT_EQ(huge.dump(), "18446744073709551615");
    EXPECT_EQ(huge.as_number(), 18446744073709551615.0);
}

TEST(Json, AByteOrderMarkIsNoPartOfTheText) {
    const auto json = Json::parse("\xEF\xBB\xBF{\"a\":1}");
    ASSERT_TRUE(json);
    EXPECT_EQ((*json)["a"].as_integer(), 1);
}

TEST(Json, SaysWhatIsWrong) {
    using namespace std::string_view_literals;
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"{\"a\": NaN}", "NaN"},        {"[1, -Infinity]", "Infinity"}, {"[1e999]", "number"},
        {"[\"\\ud800\"]", "surrogate"}, {"\xFF\xFE{\0}\0"sv, "UTF-16"}, {"{\0\"\0"sv, "UTF-16"},
        {"[\"\xC3\"]", "UTF-8"},        {"{\"NaN\": 1", "brackets"},
    };
    for (const auto& [text, word] : cases) {
        const auto json = Json::parse(text);
        ASSERT_FALSE(json) << text;
        EXPECT_EQ(json.error().code, Code::BadRequest);
        EXPECT_NE(json.error().message.find(word), std::string::npos) << json.error().message;
    }
}

} // namespace
} // namespace landfall
