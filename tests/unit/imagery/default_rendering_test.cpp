#include "imagery/default_rendering.hpp"

#include <gtest/gtest.h>

namespace landfall::imagery {
namespace {

Facts facts_of(const std::vector<std::string>& names, const std::string& type) {
    Facts facts;
    facts.raster.emplace();
    for (const auto& name : names) {
        BandFacts band;
        band.name = name;
        band.data_type = type;
        band.statistics = BandStatistics{.min = 0, .max = 100, .mean = 50, .p2 = 2, .p98 = 98};
        facts.raster->bands.push_back(band);
    }
    return facts;
}

TEST(DefaultRendering, ANameThatIsTheColourBeatsOneThatHoldsIt) {
    const std::pair<std::vector<std::string>, std::vector<int>> cases[] = {
        {{"coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"}, {6, 4, 2}},
        {{"Coastal Blue", "Blue", "Green", "Yellow", "Red", "Red Edge", "NIR"}, {5, 3, 2}},
        {{"sr_blue", "sr_green", "sr_red", "sr_nir"}, {3, 2, 1}},
        {{"Red", "Green", "Blue"}, {1, 2, 3}},
    };
    for (const auto& [names, bands] : cases)
        EXPECT_EQ(default_rendering(facts_of(names, "uint16")).bands, bands) << names.front();
}

TEST(DefaultRendering, FourBytesWithoutRolesAreAnAerialPicture) {
    const std::vector<std::string> names{"b1", "b2", "b3", "b4"};
    EXPECT_EQ(default_rendering(facts_of(names, "uint8")).bands, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(default_rendering(facts_of(names, "uint16")).bands, (std::vector<int>{3, 2, 1}));
}

} // namespace
} // namespace landfall::imagery
