#include "imagery/analysis/formulas.hpp"
#include "imagery/analysis/sensors.hpp"
#include "imagery/analysis/spectral_indices.hpp"
#include "imagery/band_roles.hpp"

#include <gtest/gtest.h>

#include <set>

namespace landfall::imagery {
namespace {

Facts named(const std::vector<std::string>& descriptions) {
    Facts facts;
    facts.raster.emplace();
    facts.raster->band_count = static_cast<int>(descriptions.size());
    for (const auto& description : descriptions) {
        BandFacts& band = facts.raster->bands.emplace_back();
        band.name = description.empty() ? "b" + std::to_string(facts.raster->bands.size()) : description;
        band.description = description;
        band.data_type = "uint16";
    }
    return facts;
}

TEST(Sensors, NameEachBandOnceAndByKnownRoles) {
    for (const Sensor& sensor : sensors())
        for (const auto layout : sensor.layouts) {
            std::set<std::string_view> ids;
            for (const SensorBand& band : layout) {
                EXPECT_TRUE(ids.insert(band.id).second) << sensor.id << ' ' << band.id;
                EXPECT_TRUE(band.role.empty() || is_role(band.role)) << sensor.id << ' ' << band.role;
            }
        }
}

TEST(Sensors, GoByTheNumberOfBandsWhereAFileNamesNone) {
    const Sensor& sentinel = **find_sensor("Sentinel-2");
    const BandNames four = with_sensor(BandNames::of(named({"", "", "", ""})), sentinel);
    EXPECT_EQ(four.find("NIR"), 4);
    EXPECT_EQ(four.find("B08"), 4);
    const BandNames twelve = with_sensor(BandNames(12), sentinel);
    EXPECT_EQ(twelve.find("SWIR2"), 12);
    EXPECT_EQ(twelve.find("B8A"), 9);
    EXPECT_EQ(twelve.find("b8"), 8);
}

TEST(Sensors, GiveWayToNamesOfTheFile) {
    const Sensor& sensor = **find_sensor("generic-rgbn");
    const BandNames names = with_sensor(BandNames::of(named({"nir", "red", "green", "blue"})), sensor);
    EXPECT_EQ(names.find("NIR"), 1);
    EXPECT_EQ(names.find("RED"), 2);
    const BandNames half = with_sensor(BandNames::of(named({"NIR", "something", "", ""})), sensor);
    EXPECT_EQ(half.find("NIR"), 1);
    EXPECT_EQ(half.find("RED"), 0) << "a file that names one band that the sensor knows has its own order";
    EXPECT_FALSE(find_sensor("hubble"));
}

TEST(BandNames, KnowRolesInTheSpellingOfFormulas) {
    const BandNames names =
        BandNames::of(named({"B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"}));
    EXPECT_EQ(names.find("SWIR1"), 9);
    EXPECT_EQ(names.find("swir22"), 10);
    EXPECT_EQ(names.find("REDEDGE1"), 4);
    EXPECT_EQ(names.find("rededge3"), 6);
    EXPECT_EQ(names.find("NIR08"), 8);
    EXPECT_EQ(names.find_named("B5"), 0);
}

TEST(Formulas, OfEveryIndexFitASensor) {
    for (const SpectralIndex& index : spectral_indices()) {
        EXPECT_TRUE(check_formula(index.formula, names_of_any())) << index.id;
        EXPECT_FALSE(sensors_for(index.formula).empty()) << index.id;
        EXPECT_LT(index.low, index.high) << index.id;
        for (const auto& band : bands_named(index.formula))
            EXPECT_TRUE(is_role(canonical_role(band))) << index.id << ' ' << band;
    }
}

TEST(Formulas, NameBandsButNoFunctionsAndNoNumbers) {
    EXPECT_EQ(bands_named("2.5e3 * log10 (nir) - where(B04>1e5,b4,SWIR16)**2 + NIR"),
              (std::vector<std::string>{"NIR", "B04", "b4", "SWIR1"}));
    EXPECT_TRUE(bands_named("1 + 2").empty());
    EXPECT_TRUE(bands_named("").empty());
}

} // namespace
} // namespace landfall::imagery
