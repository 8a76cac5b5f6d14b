#include "imagery/colors/colormap.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"
#include "imagery/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace landfall::raster {
namespace {

Facts facts_of(int bands, const std::string& type = "uint8") {
    Facts facts;
    facts.raster.emplace();
    facts.raster->band_count = bands;
    for (int i = 1; i <= bands; ++i) {
        BandFacts band;
        band.name = "b" + std::to_string(i);
        band.data_type = type;
        band.color_interpretation = "undefined";
        band.statistics = BandStatistics{.min = 0, .max = 100, .p2 = i * 1.0, .p98 = i * 10.0};
        facts.raster->bands.push_back(band);
    }
    return facts;
}

TEST(Colormap, RampsHaveTheirPublishedEndsAndMiddles) {
    const auto viridis = Colormap::parse("viridis");
    ASSERT_TRUE(viridis);
    EXPECT_EQ(viridis->ramp()[0], rgba(0x44, 0x01, 0x54));
    EXPECT_EQ(viridis->ramp()[255], rgba(0xfd, 0xe7, 0x25));
    EXPECT_EQ(Colormap::parse("RdYlGn")->ramp()[0], rgba(0xa5, 0x00, 0x26));
    EXPECT_EQ(Colormap::parse("rdylgn_r")->ramp()[0], rgba(0x00, 0x68, 0x37));
    EXPECT_EQ(Colormap::parse("gray")->ramp()[128], rgba(128, 128, 128));
    for (const auto& group : colormap_groups())
        for (const auto name : group.ramps)
            EXPECT_TRUE(Colormap::parse(name)) << name;
}

TEST(Colormap, ReadsClassesAndIntervals) {
    const auto classes = Colormap::parse(R"({"1": "#ff0000", "2": [0, 255, 0, 128]})");
    ASSERT_TRUE(classes) << classes.error().message;
    EXPECT_EQ(classes->color_of(1), rgba(255, 0, 0));
    EXPECT_EQ(classes->color_of(2), rgba(0, 255, 0, 128));
    EXPECT_EQ(classes->color_of(1.5), 0U);
    const auto intervals = Colormap::parse(R"([[0, 0.5, "#0000ff"], [0.5, 1, "00ff0080"]])");
    ASSERT_TRUE(intervals);
    EXPECT_EQ(intervals->color_of(0.49), rgba(0, 0, 255));
    EXPECT_EQ(intervals->color_of(0.5), rgba(0, 255, 0, 128));
    EXPECT_EQ(intervals->color_of(1), 0U);
    for (const std::string bad : {"{}", "[]", "{\"a\": \"#fff\"}", "{\"1\": [1, 2]}", "[[1, 2]]", "{", "sepia"})
        EXPECT_FALSE(Colormap::parse(bad)) << bad;
}

TEST(Colormap, GivesEachClassItsOwnColourWhateverTheFile) {
    const auto classes = Colormap::parse("classes");
    ASSERT_TRUE(classes);
    EXPECT_FALSE(classes->is_ramp());
    std::set<Rgba> seen;
    for (int value = 0; value <= 255; ++value) {
        EXPECT_EQ(classes->color_of(value) >> 24, 255U) << value;
        seen.insert(classes->color_of(value));
    }
    EXPECT_GE(seen.size(), 240U);
    EXPECT_EQ(classes->color_of(1), rgba(0x1f, 0x78, 0xb4));
    EXPECT_NE(classes->color_of(21'824), classes->color_of(22'280));
    EXPECT_EQ(classes->color_of(1.5), 0U);
}

TEST(RenderingConfig, ReadsWireTexts) {
    BandNames names(4);
    names.add("Red", 3);
    EXPECT_EQ(*parse_bands("1, 2,red", names), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(*parse_bands("b4", names), (std::vector<int>{4}));
    EXPECT_EQ(parse_bands("5", names).error().message, "There is no band '5'. Known bands: b1 to b4, Red.");
    for (const std::string bad : {"", "1,2", "1,2,3,4", "0", "-1", "1;2;3", "99999999999"})
        EXPECT_EQ(parse_bands(bad, names).error().code, Code::InvalidArgument) << bad;
    EXPECT_EQ(parse_rescale("0,255")->size(), 1U);
    EXPECT_EQ((*parse_rescale("0,1; -5,1e3 ;2,3"))[1], (std::array{-5.0, 1000.0}));
    for (const std::string bad : {"", "1", "2,1", "1,1", "0,1;2", "a,b", "0,inf", "nan,1", "0,1;0,1;0,1;0,1"})
        EXPECT_EQ(parse_rescale(bad).error().code, Code::InvalidArgument) << bad;
}

TEST(RenderingConfig, GoesThereAndBack) {
    const auto json = Json::parse(R"({"bands": [3, 2, 1], "rescale": [[0, 10], [1, 11], [2, 12.5]], "gamma": 1.5,
                                      "nodata": "nan", "resampling": "nearest", "colormap": "viridis", "mine": 7})");
    const auto rendering = rendering_from_config(*json, BandNames(3));
    ASSERT_TRUE(rendering) << rendering.error().message;
    EXPECT_TRUE(std::isnan(*rendering->nodata));
    const auto again = rendering_from_config(config_from_rendering(*rendering), BandNames(3));
    ASSERT_TRUE(again);
    EXPECT_EQ(config_from_rendering(*again), config_from_rendering(*rendering));
    EXPECT_EQ(again->rescale[2][1], 12.5);
    EXPECT_EQ(config_from_rendering(Rendering{}), Json::object());
}

TEST(RenderingConfig, NamesEveryFaultyMember) {
    const auto json = Json::parse(R"({"bands": [9], "rescale": [5, 1], "gamma": 0, "resampling": "magic",
                                      "colormap": "sepia", "expression": "b1 +", "nodata": {}})");
    const auto rendering = rendering_from_config(*json, BandNames(3));
    ASSERT_FALSE(rendering);
    EXPECT_EQ(rendering.error().code, Code::InvalidArgument);
    EXPECT_EQ(rendering.error().fields.size(), 7U);
}

Result<TileRequest> read_back(const TileRequest& request) {
    return schema::read_checked<TileRequest>(*Json::parse(schema::to_json_text(request)));
}

TEST(TileRequestJson, GoesThereAndBackAndChecksItsRange) {
    TileRequest request;
    request.source = "ob_1";
    request.driver = "GTiff";
    request.z = 3;
    request.x = 7;
    request.format = TileFormat::Jpeg;
    request.rendering.expression = "b1 / b2";
    request.rendering.rescale = {{0, 1}};
    const auto again = read_back(request);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(schema::to_json_text(*again), schema::to_json_text(request));
    request.x = 8;
    EXPECT_EQ(read_back(request).error().code, Code::InvalidArgument);
    request.x = 0;
    request.z = 25;
    EXPECT_EQ(read_back(request).error().code, Code::InvalidArgument);
    request.z = 3;
    request.rendering.colormap = "sepia";
    EXPECT_EQ(read_back(request).error().fields.at(0).path, std::vector<std::string>{"colormap"});
}

TEST(DefaultRendering, TakesDeclaredColoursAsTheyAre) {
    Facts facts = facts_of(4);
    const char* const roles[] = {"blue", "green", "red", "alpha"};
    for (std::size_t i = 0; i < 4; ++i)
        facts.raster->bands[i].color_interpretation = roles[i];
    const Rendering rendering = default_rendering(facts);
    EXPECT_EQ(rendering.bands, (std::vector<int>{3, 2, 1}));
    EXPECT_TRUE(rendering.rescale.empty());
    EXPECT_EQ(profile_type(facts), "rgb");
}

TEST(DefaultRendering, FindsColoursByNameButNotTheRedEdge) {
    Facts facts = facts_of(6, "int16");
    const char* const names[] = {"rededge1", "Blue band", "sr_green", "B4 - Red", "nir", "red edge"};
    for (std::size_t i = 0; i < 6; ++i)
        facts.raster->bands[i].name = names[i];
    const Rendering rendering = default_rendering(facts);
    EXPECT_EQ(rendering.bands, (std::vector<int>{4, 3, 2}));
    EXPECT_EQ(rendering.rescale[0], (std::array{4.0, 40.0}));
}

TEST(DefaultRendering, ReadsUnnamedSatelliteBandsAsBlueGreenRed) {
    EXPECT_EQ(default_rendering(facts_of(6)).bands, (std::vector<int>{3, 2, 1}));
    EXPECT_EQ(default_rendering(facts_of(6)).rescale.size(), 3U);
    EXPECT_EQ(default_rendering(facts_of(3)).bands, (std::vector<int>{1, 2, 3}));
}

TEST(DefaultRendering, ShowsOneBandGrayAndClassesByNearest) {
    EXPECT_EQ(default_rendering(facts_of(1)).bands, (std::vector<int>{1}));
    EXPECT_EQ(default_rendering(facts_of(1)).rescale.size(), 1U) << "bytes up to 10 are nearly black";
    Facts photograph = facts_of(1);
    photograph.raster->bands[0].statistics->p98 = 200;
    EXPECT_TRUE(default_rendering(photograph).rescale.empty());
    EXPECT_EQ(default_rendering(facts_of(1, "float32")).rescale.size(), 1U);
    Facts palette = facts_of(31);
    palette.raster->looks_categorical = true;
    EXPECT_EQ(default_rendering(palette).resampling, "nearest");
    EXPECT_EQ(default_rendering(palette).bands, (std::vector<int>{1}));
    EXPECT_EQ(profile_config(palette)["resampling"].as_string(), "nearest");
    EXPECT_TRUE(default_rendering(Facts{}).bands.empty());
}

TEST(DefaultRendering, NeverStretchesAConstantBand) {
    Facts facts = facts_of(1, "uint16");
    auto& values = *facts.raster->bands[0].statistics;
    values.min = values.max = values.p98 = values.p2;
    EXPECT_TRUE(default_rendering(facts).rescale.empty());
}

} // namespace
} // namespace landfall::raster
