#include "imagery/default_rendering.hpp"

#include <gtest/gtest.h>

namespace landfall::imagery {
namespace {

Facts facts_of(const std::vector<std::string>& names, const std::string& type) {
    Facts facts;
    facts.raster.emplace();
    for (const auto& name : names) {
        BandFacts band;
        band.name = band.description = name;
        band.data_type = type;
        band.statistics = BandStatistics{.min = 0, .max = 100, .mean = 50, .p2 = 2, .p98 = 98};
        facts.raster->bands.push_back(band);
    }
    return facts;
}

TEST(DefaultRendering, FourBytesWithoutRolesAreAnAerialPicture) {
    const std::vector<std::string> names{"b1", "b2", "b3", "b4"};
    EXPECT_EQ(default_rendering(facts_of(names, "uint8")).bands, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(default_rendering(facts_of(names, "uint16")).bands, (std::vector<int>{3, 2, 1}));
}

TEST(DefaultRendering, WithoutBlueInfraredIsShownRed) {
    EXPECT_EQ(default_rendering(facts_of({"Green", "Red", "Red Edge", "NIR"}, "uint16")).bands,
              (std::vector<int>{4, 2, 1}));
}

TEST(DefaultRendering, AQuantityAtSeveralTimesIsOneBandInColours) {
    Facts climate = facts_of({"time=1999-01-16", "time=1999-02-15", "time=1999-03-16"}, "float32");
    climate.raster->bands[0].statistics.reset(); // all nodata
    const Rendering shown = default_rendering(climate);
    EXPECT_EQ(shown.bands, (std::vector<int>{2}));
    EXPECT_EQ(shown.colormap, "viridis");
    EXPECT_EQ(shown.rescale, (std::vector<std::array<double, 2>>{{2, 98}}));
    for (const std::vector<std::string>& names : {std::vector<std::string>{"January", "February", "March"},
                                                  {"tavg_2001", "tavg_2002", "tavg_2003"},
                                                  {"20200101", "20200113", "20200125"},
                                                  {"ndvi 2020-05", "ndvi 2020-06", "ndvi 2020-07"}})
        EXPECT_EQ(default_rendering(facts_of(names, "float32")).bands.size(), 1U) << names[0];
    climate.driver = "netCDF";
    climate.raster->bands.resize(1);
    EXPECT_EQ(default_rendering(climate).colormap, "viridis");
    for (const std::vector<std::string>& names : {std::vector<std::string>{"B2", "B3", "B4"},
                                                  {"b1", "b2", "b3"},
                                                  {"S2 20200101 B04", "S2 20200101 B03", "S2 20200101 B02"}})
        EXPECT_EQ(default_rendering(facts_of(names, "uint16")).bands.size(), 3U) << names[0];
}

TEST(Settled, ChosenBandsLookAsTheDefaultOnesDo) {
    Facts bytes = facts_of({"b1", "b2", "b3", "b4"}, "uint8");
    Rendering chosen{.bands = {4, 3, 2}};
    EXPECT_EQ(settled(chosen, bytes).rescale.size(), 3U);
    chosen.bands = {2};
    EXPECT_EQ(settled(chosen, bytes).rescale, (std::vector<std::array<double, 2>>{{2, 98}}));
    chosen.rescale = {{0, 255}};
    EXPECT_EQ(settled(chosen, bytes).rescale, chosen.rescale);
    for (std::size_t i = 0; i < 3; ++i)
        bytes.raster->bands[i].color_interpretation = std::array{"red", "green", "blue"}[i];
    EXPECT_TRUE(settled(Rendering{.bands = {1, 2, 3}}, bytes).rescale.empty()) << "a photograph";
    EXPECT_EQ(settled(Rendering{.bands = {4, 1, 2}}, bytes).rescale.size(), 3U);
    EXPECT_TRUE(settled(Rendering{.bands = {9}}, bytes).rescale.empty()) << "no such band: for the reader to refuse";
    EXPECT_TRUE(settled(Rendering{.expression = "b1/b2"}, bytes).bands.empty());
}

TEST(Settled, BytesThatARenditionMayWidenKeepTheirRange) {
    Facts facts = facts_of({"b1", "b2"}, "uint8");
    for (BandFacts& band : facts.raster->bands)
        band.statistics->p98 = 200;
    EXPECT_TRUE(default_rendering(facts).rescale.empty());
    facts.raster->bands[1].nodata = 255;
    EXPECT_EQ(default_rendering(facts).rescale, (std::vector<std::array<double, 2>>{{0, 255}}));
}

TEST(Settled, AConstantBandIsDrawnWithinWhatTheOthersSpan) {
    Facts facts = facts_of({"b1", "b2", "b3"}, "uint16");
    const auto make_constant = [&](std::size_t band, double value) {
        facts.raster->bands[band].statistics =
            BandStatistics{.min = value, .max = value, .mean = value, .p2 = value, .p98 = value};
    };
    make_constant(1, 0);
    facts.raster->bands[2].statistics->p98 = 400;
    using Pairs = std::vector<std::array<double, 2>>;
    EXPECT_EQ(default_rendering(facts).rescale, (Pairs{{2, 98}, {2, 400}, {2, 400}}));
    make_constant(0, 0);
    make_constant(2, 0);
    EXPECT_TRUE(default_rendering(facts).rescale.empty());
    make_constant(0, 1000);
    EXPECT_EQ(default_rendering(facts).rescale, (Pairs{{0, 1000}, {0, 1000}, {0, 1000}}));
}

TEST(Settled, ClassesWithoutColoursGetThoseOfTheirNumbers) {
    Facts facts = facts_of({"b1"}, "int32");
    facts.raster->looks_categorical = true;
    facts.raster->bands[0].statistics = BandStatistics{.min = 1, .max = 20, .mean = 10, .std = 5, .p2 = 1, .p98 = 20};
    EXPECT_EQ(default_rendering(facts).colormap, "classes");
    EXPECT_TRUE(default_rendering(facts).rescale.empty());
    EXPECT_EQ(default_rendering(facts).resampling, "nearest");
    EXPECT_EQ(settled(Rendering{.colormap = "viridis"}, facts).rescale, (std::vector<std::array<double, 2>>{{1, 20}}));
    // A scanned plan.
    facts.raster->bands[0].statistics = BandStatistics{.min = 0, .max = 1, .mean = 0.9, .std = 0.3, .p2 = 0, .p98 = 1};
    EXPECT_TRUE(default_rendering(facts).colormap.empty());
    EXPECT_EQ(default_rendering(facts).rescale, (std::vector<std::array<double, 2>>{{0, 1}}));
}

TEST(TileFacts, BringColoursThatTheDrawnFileLacks) {
    Facts facts = facts_of({"b1"}, "uint8");
    facts.raster->looks_categorical = true;
    BandFacts& band = facts.raster->bands[0];
    band.statistics = BandStatistics{.min = 1, .max = 2, .mean = 1.5, .std = 0.4, .p2 = 1, .p98 = 2, .exact = true};
    band.colors = {{0, {9, 9, 9, 255}, ""}, {1, {0, 0, 255, 255}, ""}, {2, {0, 128, 0, 255}, ""}};
    const auto sent = tile_facts(facts, BandNames::of(facts), default_rendering(facts)).colors;
    ASSERT_EQ(sent.size(), 2U) << "no pixel is 0";
    EXPECT_EQ(sent[0].value, 1);
    EXPECT_EQ(sent[0].rgba, 0xFFFF0000U);
    band.color_interpretation = "palette";
    EXPECT_TRUE(tile_facts(facts, BandNames::of(facts), default_rendering(facts)).colors.empty());
}

} // namespace
} // namespace landfall::imagery
