#include "http/server/router.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

using Kind = RouteMatch::Kind;

struct RouterTest : ::testing::Test {
    void add(const std::string& method, const std::string& pattern) {
        const Status added =
            router.add(method, pattern,
                       BufferedRoute{{}, [pattern](const Request&) { return Response::text(200, "t", pattern); }});
        ASSERT_TRUE(added.has_value()) << added.error().message;
    }
    std::string pattern_of(const std::string& method, const std::string& path) {
        const RouteMatch match = router.match(method, path);
        if (match.kind != Kind::Found)
            return "";
        return std::get<std::string>(std::get<BufferedRoute>(*match.target).handler({}).body);
    }
    Router router;
};

TEST_F(RouterTest, LiteralsBeatParametersWhichBeatTheRest) {
    add("GET", "/items/search");
    add("GET", "/items/{id}");
    add("GET", "/items/{path...}");
    EXPECT_EQ(pattern_of("GET", "/items/search"), "/items/search");
    EXPECT_EQ(pattern_of("GET", "/items/other"), "/items/{id}");
    EXPECT_EQ(pattern_of("GET", "/items/other/deeper"), "/items/{path...}");
    EXPECT_EQ(pattern_of("GET", "/items/"), "/items/{path...}");
    EXPECT_EQ(pattern_of("GET", "/items"), "");
}

TEST_F(RouterTest, ADeadEndFallsBackToALessSpecificPattern) {
    add("GET", "/a/b/c");
    add("GET", "/a/{x}/d");
    add("GET", "/{all...}");
    EXPECT_EQ(pattern_of("GET", "/a/b/d"), "/a/{x}/d");
    EXPECT_EQ(pattern_of("GET", "/a/b/e"), "/{all...}");
    EXPECT_EQ(router.match("GET", "/a/b/e").params.at("all"), "a/b/e");
    EXPECT_EQ(pattern_of("GET", "/"), "/{all...}");
}

TEST_F(RouterTest, ParametersAreDecodedButSplitOnRawSlashes) {
    add("GET", "/s/{bucket}/{key...}");
    const RouteMatch match = router.match("GET", "/s/a%2Fb/c%20d/e%2Ff");
    ASSERT_EQ(match.kind, Kind::Found);
    EXPECT_EQ(match.params.at("bucket"), "a/b");
    EXPECT_EQ(match.params.at("key"), "c d/e/f");
}

TEST_F(RouterTest, BrokenEscapesAndNulBytesAreBrokenPaths) {
    add("GET", "/s/{key...}");
    EXPECT_EQ(router.match("GET", "/s/%zz").kind, Kind::BrokenPath);
    EXPECT_EQ(router.match("GET", "/s/a%00b").kind, Kind::BrokenPath);
    EXPECT_EQ(router.match("GET", "/s/a%2").kind, Kind::BrokenPath);
}

TEST_F(RouterTest, AKnownPathWithAnotherMethodNamesItsMethods) {
    add("GET", "/x");
    add("DELETE", "/x");
    const RouteMatch match = router.match("POST", "/x");
    EXPECT_EQ(match.kind, Kind::WrongMethod);
    EXPECT_EQ(match.allow, "DELETE, GET, HEAD, OPTIONS");
    EXPECT_EQ(router.match("POST", "/y").kind, Kind::UnknownPath);
}

TEST_F(RouterTest, HeadFallsToGetUnlessItHasItsOwnRoute) {
    add("GET", "/x");
    EXPECT_EQ(pattern_of("HEAD", "/x"), "/x");
    add("POST", "/p");
    EXPECT_EQ(router.match("HEAD", "/p").kind, Kind::WrongMethod);
}

TEST_F(RouterTest, TheMostSpecificPathDecidesEvenIfItLacksTheMethod) {
    add("POST", "/v1/op/{id}");
    add("GET", "/{all...}");
    EXPECT_EQ(router.match("GET", "/v1/op/x").kind, Kind::WrongMethod);
}

TEST_F(RouterTest, MistakenPatternsAreRefused) {
    add("GET", "/x/{a}");
    const RouteTarget none = BufferedRoute{};
    EXPECT_FALSE(router.add("GET", "/x/{b}", none).has_value());
    EXPECT_FALSE(router.add("GET", "/{a...}/b", none).has_value());
    EXPECT_FALSE(router.add("GET", "/a{b}", none).has_value());
    EXPECT_FALSE(router.add("GET", "x", none).has_value());
}

TEST_F(RouterTest, VeryDeepPathsAreUnknown) {
    add("GET", "/a/{b}");
    std::string deep;
    for (int i = 0; i < 10000; ++i)
        deep += "/a";
    EXPECT_EQ(router.match("GET", deep).kind, Kind::UnknownPath);
}

} // namespace
} // namespace landfall::http
