#include "imagery/sniff.hpp"
#include "imagery/tasks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <gmock/gmock.h>

namespace landfall::imagery {
namespace {

Facts honest_facts() {
    Facts facts;
    facts.driver = "GTiff";
    facts.media_type = "image/tiff; application=geotiff";
    facts.bbox = {8, 47, 9, 48};
    facts.geometry = Json::parse(R"({"type":"Polygon","coordinates":[[[8,47],[9,47],[9,48],[8,48],[8,47]]]})").value();
    auto& raster = facts.raster.emplace();
    raster.width = raster.height = 16;
    raster.band_count = 1;
    raster.renderable = true;
    raster.overviews = {2, 4};
    raster.transform = {8, 1.0 / 16, 0, 48, 0, -1.0 / 16};
    auto& band = raster.bands.emplace_back();
    band.name = "b1";
    band.data_type = "float32";
    band.nodata = std::nan("");
    band.colors = {{3, {1, 2, 3, 255}, "water"}};
    band.statistics = BandStatistics{.min = 1, .max = 9, .mean = 5, .std = INFINITY, .valid = 1, .exact = true};
    return facts;
}

/// The facts as JSON, changed in one place, read as a probe's answer.
Result<Facts> told(const std::function<void(Json&)>& lie) {
    Json json = Json::parse(schema::to_json_text(honest_facts())).value();
    lie(json);
    return schema::read_answer<Facts>(kProbe.name, json.dump());
}

Json part(Json json, std::string_view name, Json value) {
    json.set(name, std::move(value));
    return json;
}

TEST(ProbeAnswer, GoesThereAndBackWithNumbersThatJsonHasNot) {
    const auto facts = told([](Json&) {});
    ASSERT_TRUE(facts) << facts.error().cause;
    const BandFacts& band = facts->raster->bands.at(0);
    EXPECT_TRUE(std::isnan(*band.nodata));
    EXPECT_EQ(band.statistics->std, 0) << "written as null, which keeps the default";
    EXPECT_EQ(band.colors.at(0).label, "water");
    EXPECT_EQ(schema::to_json_text(honest_facts()).find("scale"), std::string::npos) << "empty members are left out";
}

TEST(ProbeAnswer, ThatLiesIsRefused) {
    const auto raster = [](std::string_view name, Json value) {
        return [name = std::string(name), value](Json& json) { json.set("raster", part(json["raster"], name, value)); };
    };
    const auto band = [&](std::string_view name, const Json& value) {
        const Json bands = Json::parse(schema::to_json_text(honest_facts().raster->bands)).value();
        return raster("bands", Json::array({part(bands.items()[0], name, value)}));
    };
    const auto whole = [](std::string_view name, Json value) {
        return [name = std::string(name), value](Json& json) { json.set(name, value); };
    };
    const std::vector<std::function<void(Json&)>> lies = {
        [](Json& json) { json = Json::array(); },
        [](Json& json) { json.erase("driver"); },
        [](Json& json) { json.erase("raster"); },
        [](Json& json) { json.erase("geometry"); },
        whole("driver", "../../etc"),
        whole("driver", std::string(65, 'x')),
        whole("media_type", "text/html"),
        whole("media_type", "image/svg+xml"),
        whole("media_type", "image/png\r\nX: y"),
        whole("epsg", 1.5),
        whole("crs_wkt", std::string(70'000, 'x')),
        whole("bbox", Json::array({8, 47, 9})),
        whole("bbox", Json::array({8, -91, 9, 48})),
        whole("bbox", Json::array({8, 49, 9, 48})),
        whole("geometry", Json::object({{"type", "Point"}, {"coordinates", Json::array({1, 2})}})),
        whole("geometry", Json::object({{"type", "Polygon"}, {"coordinates", "everywhere"}})),
        whole("gsd", -1),
        whole("gsd", "nan"),
        whole("datetime", "yesterday"),
        whole("vector", Json::object({{"layers", Json::array()}})),
        whole("warnings", Json(Json::Array(5000, Json("w")))),
        raster("width", 0),
        raster("height", std::int64_t{1} << 33),
        raster("band_count", 0),
        raster("overviews", Json(Json::Array(100, Json(2)))),
        raster("bands", Json::array()),
        raster("transform", Json::array({1, 2, 3})),
        band("name", ""),
        band("data_type", ""),
        band("data_type", "<b>"),
        band("description", std::string(5000, 'x')),
        band("nodata", "everything"),
        band("colors", Json::array({Json::object({{"value", 1}, {"rgba", Json::array({1, 2, 3, 256})}})})),
        band("colors", Json(Json::Array(65'537, Json::object()))),
        band("statistics", Json::object({{"valid", 2}})),
    };
    for (std::size_t i = 0; i < lies.size(); ++i) {
        const auto facts = told(lies[i]);
        ASSERT_FALSE(facts) << i;
        EXPECT_EQ(facts.error().code, Code::Internal) << i;
        EXPECT_LT(facts.error().cause.size(), 10'000U) << i;
    }
    EXPECT_FALSE(schema::read_answer<Facts>(kProbe.name, "{\"driver\":\"\xff\"}"));
    EXPECT_FALSE(schema::read_answer<Facts>(kProbe.name, std::string(100, '[')));
}

TEST(OutputName, IsAPlainOne) {
    const auto named = [](const std::string& file) {
        const Json answer = Json::object({{"file", file},
                                          {"size_bytes", 1},
                                          {"width", 1},
                                          {"height", 1},
                                          {"band_count", 1},
                                          {"data_type", "uint8"},
                                          {"overviews", 0},
                                          {"format", "png"}});
        const bool cog = schema::read_answer<CogAnswer>(kMakeCog.name, answer.dump()).has_value();
        const bool thumbnail = schema::read_answer<ThumbnailAnswer>(kMakeThumbnail.name, answer.dump()).has_value();
        EXPECT_EQ(cog, thumbnail) << file;
        return cog && thumbnail;
    };
    EXPECT_TRUE(named("output.tif"));
    for (const std::string lie :
         {"", ".", "..", ".hidden", "/etc/passwd", "../output.tif", "a/b", "a\\b", "a\nb", "a b"})
        EXPECT_FALSE(named(lie)) << lie;
    EXPECT_FALSE(named(std::string(65, 'a')));
}

TEST(TileReply, BeginsAsAPictureOfItsFormat) {
    const auto read = [](std::string_view format, const std::string& bytes) {
        return schema::read_reply<TileHead>(kDrawTile.name,
                                            Json::object({{"format", format}, {"empty", false}}).dump() + "\n" + bytes);
    };
    EXPECT_TRUE(read("png", "\x89PNG\r\n\x1a\n..."));
    EXPECT_TRUE(read("jpeg", "\xff\xd8\xff..."));
    EXPECT_TRUE(read("webp", "RIFF....WEBPVP8 "));
    for (const auto* format : {"png", "jpeg", "webp", "html"})
        EXPECT_FALSE(read(format, "<html></html>")) << format;
    EXPECT_FALSE(read("png", ""));
}

TEST(MediaType, OfEveryKnownSignatureIsOneOfData) {
    EXPECT_TRUE(is_media_type_of_data(kCogMediaType));
    EXPECT_TRUE(is_media_type_of_data("application/zip"));
    EXPECT_FALSE(is_media_type_of_data("text/html"));
}

} // namespace
} // namespace landfall::imagery
