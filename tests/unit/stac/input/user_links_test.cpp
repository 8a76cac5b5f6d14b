#include "stac/input/user_links.hpp"

#include <gtest/gtest.h>

namespace landfall::stac {
namespace {

TEST(UserLinks, HaveLanguagesThatAreTags) {
    for (const char* tag : {"de", "fr-CH", "zh-Hant-TW", "de-CH-1996", "x-klingon", "sl-rozaj-biske"})
        EXPECT_TRUE(is_language_tag(tag)) << tag;
    for (const char* tag : {"fr/ch", "deUtsches_sprache", "", "d", "de-"})
        EXPECT_FALSE(is_language_tag(tag)) << tag;
}

TEST(UserLinks, AreOneForEachRelation) {
    const Json body = Json::parse(R"({"links":[{"rel":"license","href":"https://a.example/1","title":"First"},
        {"rel":"describedby","href":"https://a.example/2"},
        {"rel":"license","href":"https://a.example/3"}]})")
                          .value();
    Faults faults;
    const auto links = read_links(body, faults);
    ASSERT_TRUE(faults.status().has_value());
    EXPECT_EQ((*links)->dump(), R"([{"rel":"license","href":"https://a.example/3"},)"
                                R"({"rel":"describedby","href":"https://a.example/2"}])");
}

TEST(UserLinks, TellWhereTheyAreWrong) {
    const Json body = Json::parse(R"({"links":[{"rel":"license","href":"https://a.example/1"},
        {"rel":"self","href":"here"}]})")
                          .value();
    Faults faults;
    (void)read_links(body, faults); // its faults are looked at
    const Status wrong = faults.status();
    ASSERT_FALSE(wrong.has_value());
    const Json description = description_of(wrong.error());
    ASSERT_EQ(description["links"].items().size(), 2);
    EXPECT_EQ(description["links"].items()[0].dump(), "{}");
    EXPECT_EQ(description["links"].items()[1]["href"].dump(), R"(["Enter a valid URL."])");
    EXPECT_TRUE(description["links"].items()[1]["rel"].is_array());
}

} // namespace
} // namespace landfall::stac
