#include "domain/stac/item_document.hpp"

#include <gtest/gtest.h>

namespace landfall::domain {
namespace {

constexpr Origins kOrigins{"https://data.example.org", "https://server.example.org"};

catalog::ItemRow item() {
    catalog::ItemRow row;
    row.id = ItemId(std::string("it_1"));
    row.project_id = ProjectId(std::string("prj_1"));
    row.stac_id = "scene";
    row.name = "Scene";
    row.type = "user_raster";
    row.facts = R"({"raster":{"renderable":true}})";
    return row;
}

catalog::AssetRow asset(const std::string& key, const std::optional<std::string>& href = {}) {
    catalog::AssetRow row;
    row.item_id = ItemId(std::string("it_1"));
    row.key = key;
    row.href = href;
    row.roles = R"(["data"])";
    return row;
}

Json read(const std::string& text) {
    const auto json = Json::parse(text);
    EXPECT_TRUE(json) << text;
    return json.value_or(Json());
}

TEST(ItemDocument, IsStoredAsJsonWithRelativeLinks) {
    const auto stored = compose_document(item(), {asset("data"), asset("a \"b\"/ü")}, {}, {});
    const Json document = read(stored);
    EXPECT_EQ(document["links"].items().at(0)["href"].as_string(), "/api/v1/items/it_1/stac.json");
    EXPECT_EQ(document["links"].items().at(1)["href"].as_string(), "/api/v1/items/it_1/tilejson.json");
    EXPECT_EQ(document["assets"]["data"]["href"].as_string(), "/api/v1/items/it_1/assets/data");
    EXPECT_EQ(document["assets"]["a \"b\"/ü"]["href"].as_string(), "/api/v1/items/it_1/assets/a%20%22b%22%2F%C3%BC");
    EXPECT_EQ(document["stac_extensions"].items().back().as_string(), kLineageSchemaPath);
}

TEST(ItemDocument, GetsTheOriginsBeforeItsLinks) {
    const Json document = read(with_origins(compose_document(item(), {asset("data")}, {}, {}), kOrigins));
    EXPECT_EQ(document["links"].items().at(0)["href"].as_string(),
              "https://data.example.org/api/v1/items/it_1/stac.json");
    EXPECT_EQ(document["assets"]["data"]["href"].as_string(), "https://data.example.org/api/v1/items/it_1/assets/data");
    EXPECT_EQ(document["stac_extensions"].items().back().as_string(),
              "https://server.example.org" + std::string(kLineageSchemaPath));
}

TEST(ItemDocument, LeavesAnAddressElsewhereAsItIs) {
    const Json document = read(with_origins(
        compose_document(item(), {asset("data", "https://elsewhere.example.org/a.tif")}, {}, {}), kOrigins));
    EXPECT_EQ(document["assets"]["data"]["href"].as_string(), "https://elsewhere.example.org/a.tif");
}

TEST(ItemDocument, TakesNoTextOfAUserForALink) {
    const std::vector<std::string> attacks{R"("/api/v1/items/it_1/stac.json")",
                                           R"("\/api/v1/items/it_1/stac.json")",
                                           R"("\\/api")",
                                           R"("\\\/api")",
                                           R"("\\\\/api")",
                                           R"("\u005c/api")",
                                           R"("\u0001/a")",
                                           R"("\u0002")",
                                           R"("a\"\/b")",
                                           R"("\\")"};
    for (const auto& attack : attacks) {
        const Json text = read(attack);
        auto attacked = item();
        attacked.name = attacked.stac_id = text.as_string();
        attacked.description = text.as_string();
        attacked.properties = R"({"href":)" + attack + "," + attack + ":" + attack + "}";
        attacked.stac_extensions = "[" + attack + "]";
        auto file = asset(text.as_string(), text.as_string());
        file.title = text.as_string();
        const Json document = read(with_origins(compose_document(attacked, {file}, {}, {}), kOrigins));
        EXPECT_EQ(document["id"], text) << attack;
        EXPECT_EQ(document["properties"]["title"], text) << attack;
        EXPECT_EQ(document["properties"]["description"], text) << attack;
        EXPECT_EQ(document["properties"]["href"], text) << attack;
        EXPECT_EQ(document["properties"][text.as_view()], text) << attack;
        EXPECT_EQ(document["stac_extensions"].items().at(0), text) << attack;
        EXPECT_EQ(document["assets"][text.as_view()]["title"], text) << attack;
        EXPECT_EQ(document["assets"][text.as_view()]["href"], text) << attack;
        EXPECT_EQ(document["links"].items().at(0)["href"].as_string(),
                  "https://data.example.org/api/v1/items/it_1/stac.json")
            << attack;
    }
}

TEST(ItemDocument, OfAnEarlierVersionGetsItsOriginsAsWell) {
    const std::string stored = "{\"stac_extensions\":[\"\x02/schemas/lineage/v1.0.0/schema.json\"],\"t\":\"\\\\/x\","
                               "\"links\":[{\"href\":\"\x01/api/v1/items/it_1/stac.json\"}]}";
    EXPECT_EQ(with_origins(stored, kOrigins),
              "{\"stac_extensions\":[\"https://server.example.org/schemas/lineage/v1.0.0/schema.json\"],"
              "\"t\":\"\\\\/x\",\"links\":[{\"href\":\"https://data.example.org/api/v1/items/it_1/stac.json\"}]}");
}

TEST(ItemDocument, WithoutAssetsOrBboxIsWhole) {
    auto bare = item();
    bare.facts = "{}";
    const Json document = read(with_origins(compose_document(bare, {}, {}, {}), kOrigins));
    EXPECT_TRUE(document["assets"].is_object());
    EXPECT_EQ(document["links"].items().size(), 1U);
    EXPECT_TRUE(document["geometry"].is_null());
    EXPECT_EQ(document["stac_extensions"].items().size(), 1U);
}

} // namespace
} // namespace landfall::domain
