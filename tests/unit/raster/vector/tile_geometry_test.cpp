#include "raster/vector/tile_geometry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace landfall::raster {
namespace {

constexpr int kLeast = -static_cast<int>(kMvtBuffer);
constexpr int kMost = kMvtExtent + static_cast<int>(kMvtBuffer);

TEST(LineInTile, IsCutWhereItLeavesAndGoesOnWhereItComesBack) {
    const auto pieces = line_in_tile({{100, 100}, {100, 9000}, {200, 9000}, {200, 100}});
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(pieces[0], (MvtPath{{100, 100}, {100, kMost}}));
    EXPECT_EQ(pieces[1], (MvtPath{{200, kMost}, {200, 100}}));
    EXPECT_TRUE(line_in_tile({{-900, -900}, {-100, 9000}}).empty());
    EXPECT_TRUE(line_in_tile({{10, 10}}).empty());
    EXPECT_TRUE(line_in_tile({{10, 10}, {10.2, 10.1}}).empty());
}

TEST(LineInTile, KeepsOnlyPointsThatCount) {
    geo::Ring wave;
    for (int i = 0; i <= 1000; ++i)
        wave.push_back({static_cast<double>(i), i % 2 == 0 ? 0.4 : -0.4});
    EXPECT_EQ(line_in_tile(wave), (std::vector<MvtPath>{{{0, 0}, {1000, 0}}}));
    EXPECT_EQ(line_in_tile({{0, 0}, {500, 3}, {1000, 0}}), (std::vector<MvtPath>{{{0, 0}, {500, 3}, {1000, 0}}}));
}

TEST(PolygonInTile, IsWoundAsTilesWantItWhateverItWas) {
    const geo::Ring around{{100, 100}, {100, 500}, {500, 500}, {500, 100}, {100, 100}};
    geo::Ring turned = around;
    std::ranges::reverse(turned);
    const geo::Ring hole{{200, 200}, {300, 200}, {300, 300}, {200, 300}, {200, 200}};
    for (const geo::Ring& outer : {around, turned}) {
        const auto rings = polygon_in_tile({outer, hole});
        ASSERT_EQ(rings.size(), 2U);
        EXPECT_EQ(weight_of(MvtType::Polygon, {rings[0]}), 160'000);
        EXPECT_EQ(weight_of(MvtType::Polygon, {rings[1]}), -10'000);
        EXPECT_EQ(rings[0].size(), 4U);
    }
}

TEST(PolygonInTile, CoversTheTileThatLiesWithinIt) {
    const auto rings = polygon_in_tile({{{-1e9, -1e9}, {1e9, -1e9}, {1e9, 1e9}, {-1e9, 1e9}}});
    ASSERT_EQ(rings.size(), 1U);
    const auto [least, most] = std::ranges::minmax(rings[0]);
    EXPECT_EQ(least, (std::array{kLeast, kLeast}));
    EXPECT_EQ(most, (std::array{kMost, kMost}));
    EXPECT_EQ(weight_of(MvtType::Polygon, rings), double{kMost - kLeast} * (kMost - kLeast));
}

TEST(PolygonInTile, IsNothingWhereNothingIsLeft) {
    EXPECT_TRUE(polygon_in_tile({}).empty());
    EXPECT_TRUE(polygon_in_tile({{}}).empty());
    EXPECT_TRUE(polygon_in_tile({{{1, 1}, {1.2, 1}, {1.2, 1.2}, {1, 1}}}).empty());
    EXPECT_TRUE(polygon_in_tile({{{5000, 5000}, {6000, 5000}, {6000, 6000}}}).empty());
    EXPECT_TRUE(polygon_in_tile({{{0, 0}, {100, 100}, {200, 200}}}).empty());
    // A hole of nothing leaves its area.
    EXPECT_EQ(polygon_in_tile({{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, {{5, 5}, {5.1, 5}, {5.1, 5.1}}}).size(), 1U);
}

TEST(PointsInTile, LeavesOutWhatLiesBeyondTheBuffer) {
    EXPECT_EQ(points_in_tile({{0, 0}, {-64, 4160}, {-65, 0}, {0, 4161}, {10.6, 10.4}}),
              (MvtPath{{0, 0}, {-64, 4160}, {11, 10}}));
}

} // namespace
} // namespace landfall::raster
