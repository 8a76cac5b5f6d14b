#include "raster/draw/terrain.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace landfall::raster {
namespace {

/// A plane that rises by these metres a pixel to the east and to the south.
Image plane(const std::string& crs, const std::array<double, 6>& transform, double east, double south) {
    constexpr int kSide = 6;
    Image image;
    image.grid = {crs, transform, kSide, kSide};
    std::vector<float> values;
    for (int row = 0; row < kSide; ++row)
        for (int column = 0; column < kSide; ++column)
            values.push_back(static_cast<float>(100 + column * east + row * south));
    image.masks.emplace_back(values.size(), 255);
    image.planes.emplace_back(std::move(values));
    image.empty = false;
    return image;
}

TEST(Slopes, AreRiseOverRunOfTheGround) {
    const auto slopes = slopes_of(plane("EPSG:32632", {465'000, 10, 0, 5'250'000, 0, -10}, 5, 10), 1);
    ASSERT_TRUE(slopes) << slopes.error().message;
    ASSERT_EQ(slopes->east.size(), 16U);
    for (std::size_t i = 0; i < slopes->east.size(); ++i) {
        EXPECT_NEAR(slopes->east[i], 0.5, 1e-6);
        EXPECT_NEAR(slopes->north[i], -1, 1e-6);
    }
    EXPECT_NEAR(slope_degrees(*slopes)[0], std::atan(std::hypot(0.5, 1)) * 180 / M_PI, 1e-4);
    // Down goes to the north-west: 0.5 to the west, 1 to the north.
    EXPECT_NEAR(aspect_degrees(*slopes)[0], 360 - std::atan2(0.5, 1) * 180 / M_PI, 1e-3);
}

TEST(Slopes, AccountForDegreesAndForMercator) {
    constexpr double kDegree = 0.001;
    const auto degrees = slopes_of(plane("EPSG:4326", {8, kDegree, 0, 60.0025, 0, -kDegree}, 1, 0), 1);
    ASSERT_TRUE(degrees);
    EXPECT_NEAR(degrees->east[0], 1 / (111'320 * kDegree * 0.5), 1e-3);
    const double y = 6'378'137 * std::log(std::tan(M_PI / 4 + 60 * M_PI / 360));
    for (const std::string crs : {"EPSG:3857", "EPSG:3395"}) {
        const auto mercator = slopes_of(plane(crs, {0, 10, 0, y, 0, -10}, 1, 0), 1);
        ASSERT_TRUE(mercator);
        EXPECT_NEAR(mercator->east[0], 0.1 / 0.5, 0.002) << crs;
    }
    EXPECT_FALSE(slopes_of(plane("", {0, 1, 0, 0, 0, 1}, 1, 0), 1));
}

TEST(Slopes, GoOnStraightWhereANeighbourIsMissing) {
    Image image = plane("EPSG:32632", {465'000, 10, 0, 5'250'000, 0, -10}, 5, 10);
    image.masks[0][7 + 6] = 0; // below the upper left pixel of the inner image
    const auto slopes = slopes_of(image, 1);
    ASSERT_TRUE(slopes);
    EXPECT_NEAR(slopes->north[0], -1, 1e-6);
    EXPECT_TRUE(std::isnan(slopes->north[4]));
}

TEST(Hillshade, IsLightestWhereTheLightFallsStraight) {
    const auto shade = [](double east, double south, const TerrainParams& light) {
        const auto slopes = slopes_of(plane("EPSG:32632", {0, 1, 0, 5'000'000, 0, -1}, east, south), 1);
        return hillshade(*slopes, light)[0];
    };
    // Facing north-west at 45 degrees, as the light stands.
    const double rise = std::sqrt(0.5);
    EXPECT_NEAR(shade(rise, rise, {}), 255, 0.01);
    EXPECT_NEAR(shade(0, 0, {}), 1 + 254 * std::sin(M_PI / 4), 0.01);
    EXPECT_EQ(shade(-3, -3, {}), 1);
    EXPECT_NEAR(shade(0, 0, {.multidirectional = true}), 1 + 254 * std::sin(M_PI / 4), 0.01);
}

TEST(TerrainRgb, IsTenthsOfAMetreAboveTheDeepest) {
    const auto height = [](Rgba color) {
        return -10'000 + ((color & 255) * 65'536 + (color >> 8 & 255) * 256 + (color >> 16 & 255)) * 0.1;
    };
    for (const double metres : {0.0, 8848.9, -430.5, -10'000.0})
        EXPECT_NEAR(height(terrain_rgb(metres)), metres, 1e-9);
    EXPECT_NEAR(height(terrain_rgb(std::nan(""))), 0, 1e-9);
    EXPECT_EQ(terrain_rgb(1e9), rgba(255, 255, 255));
    EXPECT_EQ(terrain_rgb(-1e9), rgba(0, 0, 0));
}

TEST(Contours, HaveRoundIntervals) {
    EXPECT_DOUBLE_EQ(contour_interval(0, 1000), 50);
    EXPECT_DOUBLE_EQ(contour_interval(200, 3300), 200);
    EXPECT_DOUBLE_EQ(contour_interval(0, 1), 0.05);
    EXPECT_GT(contour_interval(5, 5), 0);
}

} // namespace
} // namespace landfall::raster
