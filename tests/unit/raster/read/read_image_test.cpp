#include "raster/read/read_image.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace landfall::raster {
namespace {

using namespace testing;

/// 40 by 30 pixels of 10 m in UTM whose values tell their own place.
std::unique_ptr<SourceImage> numbered(GDALDataType type, double factor = 1) {
    return image_of(draw({.width = 40,
                          .height = 30,
                          .bands = 2,
                          .type = type,
                          .crs = "EPSG:32633",
                          .transform = {500000, 10, 0, 5000000, 0, -10},
                          .value = [factor](int band, double x, double y) {
                              return factor * (std::floor(y) * 40 + std::floor(x) + 10'000 * (band - 1));
                          }}));
}

ImageSpec all_of(const SourceImage& source) {
    ImageSpec spec;
    spec.read.bands = data_bands(source);
    return spec;
}

TEST(ReadValues, KeepsEveryBitOnTheGridOfTheSource) {
    for (const GDALDataType type : {GDT_UInt16, GDT_Int32, GDT_Float32, GDT_Float64}) {
        auto source = numbered(type, type == GDT_Float64 ? 1.0 / 3 : 1);
        const Grid own = *source->grid();
        const auto image = read_values(*source, all_of(*source), own.window(5, 7, 6, 4));
        ASSERT_TRUE(image);
        ASSERT_EQ(image->planes.size(), 2U);
        for (int row = 0; row < 4; ++row)
            for (int column = 0; column < 6; ++column) {
                const auto at = static_cast<std::size_t>(row * 6 + column);
                const double factor = type == GDT_Float64 ? 1.0 / 3 : 1;
                EXPECT_EQ(value_at(image->planes[0], at), factor * ((7 + row) * 40 + 5 + column));
                EXPECT_EQ(value_at(image->planes[1], at), factor * ((7 + row) * 40 + 5 + column + 10'000));
                EXPECT_EQ(image->mask(0)[at], 255);
            }
    }
}

TEST(ReadValues, WhatLiesBeyondTheSourceIsMissing) {
    auto source = numbered(GDT_Int16);
    const auto image = read_values(*source, all_of(*source), source->grid()->window(-2, -1, 4, 3));
    ASSERT_TRUE(image);
    EXPECT_EQ(image->mask(0)[0], 0);
    EXPECT_EQ(image->mask(0)[1 * 4 + 1], 0);
    EXPECT_EQ(image->mask(0)[1 * 4 + 2], 255);
    EXPECT_EQ(value_at(image->planes[0], 2 * 4 + 3), 41);
    const auto far = read_values(*source, all_of(*source), source->grid()->window(4000, 0, 3, 3));
    ASSERT_TRUE(far);
    EXPECT_TRUE(far->empty);
    EXPECT_EQ(far->planes.size(), 2U);
}

TEST(ReadValues, NearestKeepsNumbersThatNoFloatHolds) {
    auto source = numbered(GDT_Int32, 16'777'217); // beyond 2^24
    ImageSpec spec = all_of(*source);
    spec.resampling = Resampling::Nearest;
    // Half a pixel aside, so that the grid is another one.
    Grid grid = source->grid()->window(3, 3, 2, 2);
    grid.transform[0] += 4;
    spec.read.bands = {1};
    const auto image = read_values(*source, spec, grid);
    ASSERT_TRUE(image);
    EXPECT_EQ(value_at(image->planes[0], 0), 16'777'217.0 * (3 * 40 + 3));
}

TEST(ReadValues, EachBandHasAMaskOfItsOwn) {
    auto source = numbered(GDT_Int16);
    source->dataset().GetRasterBand(1)->SetNoDataValue(43);
    const auto image = read_values(*source, all_of(*source), source->grid()->window(3, 1, 1, 1));
    ASSERT_TRUE(image);
    EXPECT_EQ(image->mask(0)[0], 0);
    EXPECT_EQ(image->mask(1)[0], 255);
    EXPECT_FALSE(image->empty);
}

TEST(WalkWindow, TakesEveryPixelOnce) {
    auto source = numbered(GDT_Float32);
    const LevelRect window{3, 4, 30, 20};
    std::vector<int> seen(40 * 30);
    double sum = 0;
    ASSERT_TRUE(walk_window(*source, all_of(*source), window, [&](const Image& part, const LevelRect& where) -> Status {
        for (int row = 0; row < where.height; ++row)
            for (int column = 0; column < where.width; ++column) {
                ++seen[static_cast<std::size_t>((where.y + row) * 40 + where.x + column)];
                sum += value_at(part.planes[0], static_cast<std::size_t>(row * where.width + column));
            }
        return {};
    }));
    double expected = 0;
    for (int y = 0; y < 30; ++y)
        for (int x = 0; x < 40; ++x) {
            const bool inside = x >= 3 && x < 33 && y >= 4 && y < 24;
            EXPECT_EQ(seen[static_cast<std::size_t>(y * 40 + x)], inside ? 1 : 0);
            expected += inside ? y * 40 + x : 0;
        }
    EXPECT_EQ(sum, expected);
}

TEST(WalkWindow, ComputesExpressionsOfPhysicalValues) {
    auto source = numbered(GDT_Int16);
    source->dataset().GetRasterBand(1)->SetScale(0.5);
    source->dataset().GetRasterBand(1)->SetOffset(1);
    BandNames names(2);
    const auto spec = expression_spec("b1 * 2", names);
    ASSERT_TRUE(spec);
    const auto image = read_window(*source, *spec, {5, 0, 1, 1});
    ASSERT_TRUE(image);
    EXPECT_EQ(image->floats(0)[0], (5 * 0.5F + 1) * 2);
}

TEST(ReadPoints, GivesThePixelThatHoldsThePoint) {
    auto source = numbered(GDT_UInt16);
    const auto image = read_points(*source, all_of(*source), "EPSG:32633",
                                   {{500000, 5000000},
                                    {500009.9, 4999990.1},
                                    {500010, 4999999},
                                    {500400, 4999999},
                                    {499999.9, 4999999},
                                    {500399.9, 4999700.1}});
    ASSERT_TRUE(image);
    const auto value = [&](std::size_t point) {
        return image->mask(0)[point] != 0 ? value_at(image->planes[0], point) : -1;
    };
    EXPECT_EQ(value(0), 0);
    EXPECT_EQ(value(1), 0);
    EXPECT_EQ(value(2), 1);
    EXPECT_EQ(value(3), -1);
    EXPECT_EQ(value(4), -1);
    EXPECT_EQ(value(5), 29 * 40 + 39);
}

TEST(ReadImage, ModeMinAndMaxGoOverThePixelsOfTheSource) {
    auto source = image_of(draw({.width = 8, .height = 8, .value = [](int, double x, double y) {
                                     return x < 1 && y < 1 ? 9 : std::floor(x) < 2 ? 4 : 7;
                                 }}));
    ImageSpec spec = all_of(*source);
    const Grid coarse{kWebMercator, {0, 4, 0, 0, 0, -4}, 2, 2};
    const auto first = [&](Resampling how) {
        spec.resampling = how;
        const auto image = read_values(*source, spec, coarse);
        return image && image->mask(0)[0] != 0 ? value_at(image->planes[0], 0) : -1;
    };
    EXPECT_EQ(first(Resampling::Max), 9);
    EXPECT_EQ(first(Resampling::Min), 4);
    EXPECT_EQ(first(Resampling::Mode), 7); // eight of sixteen; four has seven
    EXPECT_NEAR(first(Resampling::Average), (9 + 7 * 4 + 8 * 7) / 16.0, 0.5);
}

TEST(ReadImage, CubicGoesThroughAPlaneWithoutBendingIt) {
    auto source = image_of(draw({.width = 32, .height = 32, .type = GDT_Float32, .value = [](int, double x, double y) {
                                     return 3 * x - 2 * y;
                                 }}));
    ImageSpec spec = all_of(*source);
    spec.resampling = Resampling::Cubic;
    const Grid fine{kWebMercator, {8.25, 0.5, 0, -8.25, 0, -0.5}, 16, 16};
    const auto image = read_image(*source, spec, fine);
    ASSERT_TRUE(image && !image->empty);
    for (int row = 0; row < 16; ++row)
        for (int column = 0; column < 16; ++column) {
            const double x = 8.25 + (column + 0.5) * 0.5, y = 8.25 + (row + 0.5) * 0.5;
            EXPECT_NEAR(image->floats(0)[static_cast<std::size_t>(row * 16 + column)], 3 * x - 2 * y, 1e-2);
        }
}

} // namespace
} // namespace landfall::raster
