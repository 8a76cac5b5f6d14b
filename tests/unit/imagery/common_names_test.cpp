#include "imagery/common_names.hpp"
#include "imagery/default_rendering.hpp"

#include <gtest/gtest.h>

namespace landfall::imagery {
namespace {

std::vector<BandFacts> bands_of(const std::vector<std::string>& descriptions) {
    std::vector<BandFacts> bands;
    for (const auto& description : descriptions) {
        BandFacts band;
        band.name = band.description = description;
        band.data_type = "uint16";
        bands.push_back(band);
    }
    return bands;
}

std::vector<int> rgb_of(const std::vector<std::string>& names) {
    std::vector<int> found;
    for (const std::string_view color : {"red", "green", "blue"})
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == color)
                found.push_back(static_cast<int>(i) + 1);
    return found;
}

struct Sensor {
    std::vector<std::string> bands;
    std::vector<int> natural;
};

// As the makers of the sensors, and the programs that stack their bands, write them.
const Sensor kSensors[] = {
    {{"coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"}, {6, 4, 2}}, // SuperDove
    {{"blue", "green", "red", "nir"}, {3, 2, 1}},                                                 // PlanetScope
    {{"Coastal Blue", "Blue", "Green I", "Green", "Yellow", "Red", "Red Edge", "NIR"}, {6, 4, 2}},
    {{"Coastal", "Blue", "Green", "Yellow", "Red", "Red Edge", "NIR1", "NIR2"}, {5, 3, 2}}, // WorldView
    {{"BAND_C", "BAND_B", "BAND_G", "BAND_Y", "BAND_R", "BAND_RE", "BAND_N", "BAND_N2"}, {5, 3, 2}},
    {{"Blue", "Green", "Red", "Red Edge", "NIR"}, {3, 2, 1}},                                          // RapidEye
    {{"B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"}, {4, 3, 2}}, // Sentinel-2
    {{"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12"}, {4, 3, 2}},
    {{"B04", "B03", "B02", "B08"}, {1, 2, 3}},
    {{"B2", "B3", "B4", "B8"}, {3, 2, 1}},
    {{"B4, central wavelength 665 nm", "B3, central wavelength 560 nm", "B2, central wavelength 490 nm",
      "B8, central wavelength 842 nm"},
     {1, 2, 3}},
    {{"SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6", "SR_B7"}, {4, 3, 2}}, // Landsat 8 and 9
    {{"SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"}, {3, 2, 1}},          // Landsat 4 to 7
    {{"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11"}, {4, 3, 2}},
    {{"sur_refl_b01", "sur_refl_b02", "sur_refl_b03", "sur_refl_b04", "sur_refl_b05", "sur_refl_b06", "sur_refl_b07"},
     {1, 4, 3}},                                              // MODIS
    {{"Blue", "Green", "Red", "NIR", "Red edge"}, {3, 2, 1}}, // MicaSense
    {{"Blue-444", "Blue-475", "Green-531", "Green-560", "Red-650", "Red-668", "Red edge-705", "NIR-842"}, {6, 4, 2}},
    {{"Blue-475nm", "Green-560nm", "Red-668nm", "NIR-840nm", "Red Edge-717nm"}, {3, 2, 1}},
    {{"RedEdge", "Red", "NIR", "Green", "Blue"}, {2, 4, 5}}, // DJI
    {{"Red", "Green", "Blue", "NIR"}, {1, 2, 3}},            // NAIP
    {{"R", "G", "B", "N"}, {1, 2, 3}},
    {{"Band 3 - red", "Band 2 - green", "Band 1 - blue"}, {1, 2, 3}},
    {{"sr_blue", "sr_green", "sr_red", "sr_nir"}, {3, 2, 1}},
    {{"450.1 nm", "482.6 nm", "561.3 nm", "655.0 nm", "664.9 nm", "865.2 nm"}, {5, 3, 2}},
};

TEST(CommonNames, FindTheNaturalColoursOfEverySensorAndTheseAreDrawn) {
    for (const auto& [bands, natural] : kSensors) {
        Facts facts;
        facts.raster.emplace();
        facts.raster->bands = bands_of(bands);
        EXPECT_EQ(rgb_of(common_names(facts.raster->bands)), natural) << bands[0] << " of " << bands.size();
        EXPECT_EQ(default_rendering(facts).bands, natural) << bands[0] << " of " << bands.size();
    }
}

TEST(CommonNames, AreThoseOfStac) {
    EXPECT_EQ(common_names(bands_of({"coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"})),
              (std::vector<std::string>{"coastal", "blue", "", "green", "yellow", "red", "rededge", "nir"}));
    EXPECT_EQ(common_names(bands_of({"B02", "B03", "B04", "B8A", "B11", "SCL"})),
              (std::vector<std::string>{"blue", "green", "red", "nir08", "swir16", ""}));
    EXPECT_EQ(common_names(bands_of({"swir1", "SWIR 2", "swir", "Thermal", "Pan", "NIR2"})),
              (std::vector<std::string>{"swir16", "swir22", "", "lwir", "pan", "nir09"}));
}

TEST(CommonNames, AreNotMadeUp) {
    for (const std::vector<std::string>& bands : {std::vector<std::string>{"b1", "b2", "b3", "b4"},
                                                  {"Band 1", "Band 2", "Band 3"},
                                                  {"B1", "B2", "B3", "B4"},
                                                  {"NDVI", "red/green ratio", "green_minus_red"},
                                                  {"January", "February", "March"}})
        for (const auto& name : common_names(bands_of(bands)))
            EXPECT_EQ(name, "") << bands[0];
}

TEST(CommonNames, TheRoleCountsWhereWordsSayNothing) {
    auto bands = bands_of({"", "", ""});
    for (std::size_t i = 0; i < 3; ++i)
        bands[i].color_interpretation = std::array{"blue", "green", "red"}[i];
    EXPECT_EQ(common_names(bands), (std::vector<std::string>{"blue", "green", "red"}));
    // Infrared shown red stays infrared.
    bands = bands_of({"NIR", "Red", "Green"});
    for (std::size_t i = 0; i < 3; ++i)
        bands[i].color_interpretation = std::array{"red", "green", "blue"}[i];
    EXPECT_EQ(common_names(bands), (std::vector<std::string>{"nir", "red", "green"}));
}

} // namespace
} // namespace landfall::imagery
