#include "raster/open/crs.hpp"
#include "raster/probe/footprint.hpp"

#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <cmath>

namespace landfall::raster {
namespace {

ToLonLat plain() {
    return [](Point at) { return std::optional(at); };
}

/// PROJ's own answer for each point.
ToLonLat projected(int epsg) {
    OGRSpatialReference crs;
    crs.importFromEPSG(epsg);
    const std::shared_ptr<OGRCoordinateTransformation> way = to_lonlat(crs);
    return [way](Point at) -> std::optional<Point> {
        if (way->Transform(1, &at.x, &at.y) == 0)
            return std::nullopt;
        return at;
    };
}

std::vector<Point> box(double west, double south, double east, double north) {
    return {{west, north}, {east, north}, {east, south}, {west, south}};
}

double area(const Json& ring) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < ring.items().size(); ++i) {
        const auto& a = ring.items()[i].items();
        const auto& b = ring.items()[i + 1].items();
        sum += a[0].as_number() * b[1].as_number() - b[0].as_number() * a[1].as_number();
    }
    return sum / 2;
}

TEST(Footprint, OfABoxInDegreesIsThatBoxCounterclockwiseAndClosed) {
    const auto found = trace_footprint(box(5, 40, 6, 41), plain());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->geometry["type"].as_string(), "Polygon");
    const Json& ring = found->geometry["coordinates"].items()[0];
    EXPECT_EQ(ring.items().size(), 5U);
    EXPECT_EQ(ring.items().front(), ring.items().back());
    EXPECT_NEAR(area(ring), 1, 1e-9);
    EXPECT_EQ(found->bbox, (std::array<double, 4>{5, 40, 6, 41}));
}

TEST(Footprint, AcrossTheAntimeridianIsCutInTwoAndItsBoxHasWestEastOfEast) {
    for (const double turn : {0.0, 360.0, -360.0}) {
        const auto found = trace_footprint(box(170 + turn, -10, 190 + turn, 10), plain());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->geometry["type"].as_string(), "MultiPolygon");
        EXPECT_EQ(found->bbox, (std::array<double, 4>{170, -10, -170, 10}));
        double sum = 0;
        for (const Json& polygon : found->geometry["coordinates"].items())
            sum += area(polygon.items()[0]);
        EXPECT_NEAR(sum, 400, 1e-6);
    }
}

TEST(Footprint, OfTheWholeWorldSpansAllLongitudesWhereverItIsCut) {
    for (const double west : {-180.0, 0.0, -30.0}) {
        const auto found = trace_footprint(box(west, -90, west + 360, 90), plain());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->bbox, (std::array<double, 4>{-180, -90, 180, 90}));
        EXPECT_NEAR(area(found->geometry["coordinates"].items()[0]), 360 * 180, 1e-6);
    }
}

TEST(Footprint, OverAPoleSpansAllLongitudesAndReachesIt) {
    struct Case {
        int epsg;
        double pole;
    };
    for (const auto& [epsg, pole] : {Case{3413, 90}, Case{3031, -90}}) {
        const auto found = trace_footprint(box(-1e6, -1.5e6, 1.2e6, 1e6), projected(epsg));
        ASSERT_TRUE(found);
        EXPECT_EQ(found->geometry["type"].as_string(), "Polygon");
        EXPECT_EQ(found->bbox[0], -180);
        EXPECT_EQ(found->bbox[2], 180);
        EXPECT_EQ(pole > 0 ? found->bbox[3] : found->bbox[1], pole);
        EXPECT_GT(std::abs(pole > 0 ? found->bbox[1] : found->bbox[3]), 70);
        EXPECT_GT(area(found->geometry["coordinates"].items()[0]), 360 * 6);
    }
}

TEST(Footprint, OfAPolarTileWhoseCornerIsThePoleStaysInItsQuarter) {
    const auto found = trace_footprint(box(0, -1e6, 1e6, 0), projected(3413));
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->bbox[2] - found->bbox[0], 90, 1e-6);
    EXPECT_EQ(found->bbox[3], 90);
}

TEST(Footprint, FollowsCurvedSidesClosely) {
    const ToLonLat way = projected(32660);
    const auto found = trace_footprint(box(300000, 5000000, 900000, 6000000), way);
    ASSERT_TRUE(found);
    // The northernmost point of the upper side, by brute force.
    double north = -90;
    for (int i = 0; i <= 10000; ++i)
        north = std::max(north, way({300000 + 60.0 * i, 6000000})->y);
    EXPECT_NEAR(found->bbox[3], north, 1e-4);
}

TEST(Footprint, IsABoxAroundWhatIsDefinedWhenPartOfThePlaneIsNotOnTheGlobe) {
    const ToLonLat half = [](Point at) { return at.x > 0 ? std::optional(at) : std::nullopt; };
    const auto found = trace_footprint(box(-40, 0, 40, 30), half);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->approximate);
    EXPECT_GE(found->bbox[0], 0);
    EXPECT_EQ(found->bbox[2], 40);
    EXPECT_FALSE(trace_footprint(box(0, 0, 1, 1), [](Point) { return std::optional<Point>(); }));
    EXPECT_FALSE(trace_footprint(box(0, 500, 1, 600), plain()));
}

TEST(Footprint, GroundDistancesAreMetres) {
    EXPECT_NEAR(ground_distance({0, 0}, {1e-3, 0}), 111.319491, 1e-4);
    EXPECT_NEAR(ground_distance({10, 60}, {10, 60.001}), 111.412, 1e-2);
    EXPECT_NEAR(ground_distance({179.9995, 0}, {-179.9995, 0}), 111.319491, 1e-4);
}

} // namespace
} // namespace landfall::raster
