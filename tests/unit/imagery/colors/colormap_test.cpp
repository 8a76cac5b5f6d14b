#include "imagery/colors/colormap.hpp"
#include "imagery/colors/ramps.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace landfall::imagery {
namespace {

TEST(Ramps, GoFromTheFirstToTheLastPlace) {
    std::set<std::string_view> names;
    for (const Ramp& ramp : ramps()) {
        EXPECT_TRUE(names.insert(ramp.name).second) << ramp.name;
        EXPECT_TRUE(ramp.points.starts_with("00")) << ramp.name;
        ASSERT_EQ(ramp.points.size() % 9, 8U) << ramp.name;
        EXPECT_TRUE(ramp.points.substr(ramp.points.size() - 8).starts_with("ff")) << ramp.name;
        for (const Rgba color : colors_of(ramp))
            EXPECT_EQ(color >> 24, 255U) << ramp.name;
    }
    EXPECT_EQ(names.size(), 88U);
}

TEST(Ramps, LieWithinOneOfMatplotlibsColours) {
    // Of matplotlib 3.11, places 64 and 200.
    const auto near = [](std::string_view name, std::size_t place, Rgba published) {
        const Rgba ours = colors_of(*find_ramp(name))[place];
        for (unsigned shift = 0; shift < 24; shift += 8)
            EXPECT_LE(std::abs(static_cast<int>(ours >> shift & 255) - static_cast<int>(published >> shift & 255)), 1)
                << name << ' ' << place;
    };
    near("viridis", 64, rgba(58, 82, 139));
    near("viridis", 200, rgba(112, 206, 86));
    near("RdYlGn", 64, rgba(249, 142, 82));
    near("terrain", 200, rgba(145, 114, 107));
    near("hsv", 64, rgba(131, 255, 0));
    near("tab10", 64, rgba(44, 160, 44));
}

TEST(Ramps, AreFoundInAnyCaseAndByTheirSecondNames) {
    EXPECT_EQ(find_ramp("YLORRD")->name, "YlOrRd");
    EXPECT_EQ(find_ramp("grey")->name, "gray");
    EXPECT_EQ(find_ramp("Grays")->name, "Greys");
    EXPECT_EQ(find_ramp("gist_yerg")->name, "gist_yarg");
    EXPECT_EQ(find_ramp("sepia"), nullptr);
    EXPECT_EQ(find_ramp(""), nullptr);
}

TEST(Colormap, OfLinearStopsBlendsBetweenThemAndExtendsItsEnds) {
    const auto map = Colormap::parse(
        R"({"type":"linear","entries":[[-10,"#000000"],[0,"#ff0000"],[0.5,"#ff0000ff"],[90,"#00ff00"]]})");
    ASSERT_TRUE(map) << map.error().message;
    EXPECT_TRUE(map->is_smooth());
    EXPECT_FALSE(map->is_ramp());
    EXPECT_EQ(map->color_of(-1e9), rgba(0, 0, 0));
    EXPECT_EQ(map->color_of(-5), rgba(128, 0, 0));
    EXPECT_EQ(map->color_of(0.25), rgba(255, 0, 0));
    EXPECT_EQ(map->color_of(1e9), rgba(0, 255, 0));
}

TEST(Colormap, OfIntervalsHoldsFromEachValueOn) {
    const auto map =
        Colormap::parse(R"({"type":"interval","entries":[[0,"#0000ff"],[10.5,"#00ff0080"],[20,"#ff0000"]]})");
    ASSERT_TRUE(map) << map.error().message;
    EXPECT_FALSE(map->is_smooth());
    EXPECT_EQ(map->color_of(-0.001), 0U);
    EXPECT_EQ(map->color_of(0), rgba(0, 0, 255));
    EXPECT_EQ(map->color_of(10.49), rgba(0, 0, 255));
    EXPECT_EQ(map->color_of(10.5), rgba(0, 255, 0, 128));
    EXPECT_EQ(map->color_of(1e30), rgba(255, 0, 0));
}

TEST(Colormap, OfDiscreteValuesFitsFloatsAsFilesHoldThem) {
    const auto map = Colormap::parse(R"({"type":"discrete","entries":[[2,"#00ff00"],[0.1,"#0000ff"],[-3,"#ff0000"]]})");
    ASSERT_TRUE(map) << map.error().message;
    EXPECT_EQ(map->color_of(static_cast<double>(0.1F)), rgba(0, 0, 255));
    EXPECT_EQ(map->color_of(-3), rgba(255, 0, 0));
    EXPECT_EQ(map->color_of(2.0001), 0U);
    EXPECT_EQ(map->entries().front().first, -3);
}

TEST(Colormap, OfIntervalsThatOverlapTakesTheFirst) {
    const auto map =
        Colormap::parse(R"([[0, 10, "#0000ff"], [5, 20, "#ff0000"], [30, 40, "#00ff00"], [7, 7, "#ffffff"]])");
    ASSERT_TRUE(map) << map.error().message;
    EXPECT_EQ(map->color_of(5), rgba(0, 0, 255));
    EXPECT_EQ(map->color_of(10), rgba(255, 0, 0));
    EXPECT_EQ(map->color_of(20), 0U);
    EXPECT_EQ(map->color_of(39.9), rgba(0, 255, 0));
    EXPECT_EQ(map->color_of(40), 0U);
}

TEST(Colormap, RefusesWhatHasNoOrderNoColourOrTooManyEntries) {
    for (const std::string bad :
         {R"({"type":"linear","entries":[]})", R"({"type":"linear"})", R"({"type":"sepia","entries":[[0,"#000000"]]})",
          R"({"type":"linear","entries":[[1,"#000000"],[1,"#ffffff"]]})",
          R"({"type":"interval","entries":[[1,"#000000"],[0,"#ffffff"]]})",
          R"({"type":"linear","entries":[["1","#000000"]]})", R"({"type":"linear","entries":[[1,"red"]]})",
          R"({"type":"linear","entries":[[1,2,3]]})", R"({"type":1,"entries":[[1,"#000000"]]})"}) {
        const auto map = Colormap::parse(bad);
        ASSERT_FALSE(map) << bad;
        EXPECT_EQ(map.error().fields[0].path[0], "colormap");
    }
    std::string many = R"({"type":"linear","entries":[)";
    for (int i = 0; i < 4097; ++i)
        many += fmt::format("{}[{},\"#000000\"]", i == 0 ? "" : ",", i);
    EXPECT_FALSE(Colormap::parse(many + "]}"));
}

} // namespace
} // namespace landfall::imagery
