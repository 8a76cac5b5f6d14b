#include "domain/stac/item_1_1.hpp"
#include "domain/stac/item_document.hpp"

#include <gtest/gtest.h>

namespace landfall::domain {
namespace {

/// The same document in the 1.1.0 form; it must be JSON.
Json newer(const std::string& stored) {
    const auto json = Json::parse(item_1_1(stored));
    EXPECT_TRUE(json) << item_1_1(stored);
    return json.value_or(Json());
}

TEST(Item11, KeepsWhatBothVersionsHaveInItsOrder) {
    EXPECT_EQ(item_1_1(R"({"type":"Feature","stac_version":"1.0.0","stac_extensions":["\/own"],"id":"a","properties":)"
                       R"({"b":[1,{"c":"]}"}],"a":null},"links":[],"assets":{}})"),
              R"({"type":"Feature","stac_version":"1.1.0","stac_extensions":["\/own"],"id":"a","properties":)"
              R"({"b":[1,{"c":"]}"}],"a":null},"links":[],"assets":{}})");
}

TEST(Item11, JoinsWhatTheExtensionsTellOfBands) {
    const Json document =
        newer(R"({"stac_extensions":["https://stac-extensions.github.io/raster/v1.1.0/schema.json"],"assets":{"data":{)"
              R"("raster:bands":[{"data_type":"uint8","scale":2,"nodata":"nan","statistics":{"mean":1}},{"unit":"m"}],)"
              R"("eo:bands":[{"name":"red","common_name":"red"}],"title":"t"}}})");
    EXPECT_EQ(document["assets"]["data"].dump(),
              R"({"title":"t","bands":[{"name":"red","eo:common_name":"red","data_type":"uint8","raster:scale":2,)"
              R"("nodata":"nan","statistics":{"mean":1}},{"unit":"m"}]})");
    EXPECT_EQ(document["stac_extensions"].dump(), R"(["https://stac-extensions.github.io/raster/v2.0.0/schema.json",)"
                                                  R"("https://stac-extensions.github.io/eo/v2.0.0/schema.json"])");
}

TEST(Item11, DeclaresNoExtensionOfWhichNothingIsLeft) {
    const Json document = newer(R"({"stac_extensions":["https://stac-extensions.github.io/raster/v1.1.0/schema.json"],)"
                                R"("assets":{"proj:data":{"raster:bands":[{"data_type":"uint8"}]}}})");
    EXPECT_EQ(document["stac_extensions"].dump(), "[]");
}

TEST(Item11, TellsTheReferenceSystemByItsCode) {
    const Json properties = newer(R"({"stac_extensions":[],"properties":{"proj:epsg":2056}})")["properties"];
    EXPECT_EQ(properties.dump(), R"({"proj:code":"EPSG:2056"})");
    const Json both = newer(R"({"properties":{"proj:epsg":1,"proj:code":"EPSG:2"}})")["properties"];
    EXPECT_EQ(both.dump(), R"({"proj:code":"EPSG:2"})");
    const Json none = newer(R"({"properties":{"proj:epsg":null,"proj:wkt2":"x"}})")["properties"];
    EXPECT_EQ(none.dump(), R"({"proj:wkt2":"x"})");
}

TEST(Item11, EndsOnTextThatIsCutOff) {
    const std::string whole = R"({"properties":{"a":[{"b":"c\\"}]},"assets":{"d":{"eo:bands":[{"name":"\""}]}}})";
    for (std::size_t size = 0; size <= whole.size(); ++size)
        EXPECT_FALSE(item_1_1(whole.substr(0, size)).empty());
}

} // namespace
} // namespace landfall::domain
