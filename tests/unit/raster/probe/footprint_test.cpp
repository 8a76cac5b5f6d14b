#include "raster/probe/footprint.hpp"
#include "raster/probe/globe_plane.hpp"

#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace landfall::raster {
namespace {

using Box = std::array<double, 4>;

GlobeMapping plain() {
    const auto same = [](Point at) { return std::optional(at); };
    return {same, same};
}

/// PROJ's own answers.
GlobeMapping mapping_of(const OGRSpatialReference& crs, const GlobePlane::Extent& extent) {
    const std::shared_ptr<GlobePlane> plane = GlobePlane::make(crs, extent);
    EXPECT_NE(plane, nullptr);
    return {[plane](Point at) { return plane->to_lonlat(at); }, [plane](Point at) { return plane->from_lonlat(at); }};
}
/// The same for a system by any name that GDAL knows.
GlobeMapping projected(const std::string& name, double centre_x = 0, double half_cell = 0) {
    OGRSpatialReference crs;
    EXPECT_EQ(crs.SetFromUserInput(name.c_str()), OGRERR_NONE) << name;
    return mapping_of(crs, {centre_x, half_cell});
}

void expect_box(const Box& found, const Box& right, const std::string& what = "") {
    for (const std::size_t low : {0U, 1U}) {
        EXPECT_LE(found[low], right[low] + 1e-9) << what << " edge " << low;
        EXPECT_GE(found[low], right[low] - 1e-6) << what << " edge " << low;
    }
    for (const std::size_t high : {2U, 3U}) {
        EXPECT_GE(found[high], right[high] - 1e-9) << what << " edge " << high;
        EXPECT_LE(found[high], right[high] + 1e-6) << what << " edge " << high;
    }
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
    const auto found = trace_footprint({5, 40, 6, 41}, plain());
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
        const auto found = trace_footprint({170 + turn, -10, 190 + turn, 10}, plain());
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
        const auto found = trace_footprint({west, -90, west + 360, 90}, plain());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->bbox, (std::array<double, 4>{-180, -90, 180, 90}));
        EXPECT_NEAR(area(found->geometry["coordinates"].items()[0]), 360 * 180, 1e-6);
    }
}

TEST(Footprint, OverAPoleSpansAllLongitudesAndReachesIt) {
    struct Case {
        const char* crs;
        double pole;
    };
    for (const auto& [crs, pole] : {Case{"EPSG:3413", 90}, Case{"EPSG:3031", -90}}) {
        const auto found = trace_footprint({-1e6, -1.5e6, 1.2e6, 1e6}, projected(crs));
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
    const auto found = trace_footprint({0, -1e6, 1e6, 0}, projected("EPSG:3413"));
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->bbox[2] - found->bbox[0], 90, 1e-6);
    EXPECT_EQ(found->bbox[3], 90);
}

TEST(Footprint, WhoseSidePassesAPoleOnEitherSideGoesAroundItOnlyIfThePoleIsInside) {
    for (const double beyond : {1e3, 1.0, 1e-2, 0.0, -1e-2, -1.0, -1e3}) {
        const auto found = trace_footprint({-beyond, -7e5, 1e6, 8e5}, projected("EPSG:3413"));
        ASSERT_TRUE(found);
        EXPECT_FALSE(found->approximate) << beyond;
        EXPECT_EQ(found->geometry["type"].as_string(), "Polygon") << beyond;
        if (beyond > 0) {
            EXPECT_EQ(found->bbox[0], -180) << beyond;
            EXPECT_EQ(found->bbox[2], 180) << beyond;
            EXPECT_EQ(found->bbox[3], 90) << beyond;
        } else {
            EXPECT_LT(found->bbox[2] - found->bbox[0], 180.1) << beyond;
            EXPECT_NEAR(found->bbox[3], 90 + beyond / 111e3, 1e-3) << beyond;
        }
    }
}

TEST(Footprint, BoxesHoldTheTrueEnvelopeAndAtMostAMillionthOfADegreeMore) {
    expect_box(trace_footprint({2480000, 1084000, 2840000, 1300000}, projected("EPSG:2056"))->bbox,
               {5.835645202, 45.865066235, 10.643212989, 47.850492334});
    struct Case {
        const char* crs;
        Box plane;
    };
    // By brute force along the sides.
    for (const auto& [crs, plane] :
         {Case{"EPSG:32660", {300000, 5000000, 900000, 6000000}},
          Case{"EPSG:32632", {399960, 5590200, 509760, 5700000}},
          Case{"EPSG:5070", {-2356000, 270000, 2258000, 3172000}}, Case{"EPSG:3035", {2e6, 1e6, 7.5e6, 5.5e6}},
          Case{"EPSG:3413", {1e5, -2e6, 1.3e6, -1e5}}, Case{"EPSG:3978", {-2.6e6, -9e5, 3.1e6, 3.9e6}},
          Case{"EPSG:32756", {499990, 3.2e6, 500010, 3.9e6}}}) {
        const GlobeMapping way = projected(crs);
        Box right = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
        const auto centre = way.to_lonlat({(plane[0] + plane[2]) / 2, (plane[1] + plane[3]) / 2});
        for (int i = 0; i < 40'000; ++i) {
            const auto at = way.to_lonlat(outline_point(plane, i * 1e-4));
            const double x = centre->x + wrap_difference(at->x - centre->x);
            right = {std::min(right[0], x), std::min(right[1], at->y), std::max(right[2], x),
                     std::max(right[3], at->y)};
        }
        const auto found = trace_footprint(plane, way);
        ASSERT_TRUE(found) << crs;
        EXPECT_FALSE(found->approximate) << crs;
        Box box = found->bbox;
        box[2] += box[0] > box[2] ? 360 : 0;
        expect_box(box, right, crs);
    }
}

TEST(Footprint, OfWhatReachesBeyondTheMapIsABoxAroundAllThatIsShown) {
    struct Case {
        const char* crs;
        Box plane, right;
    };
    for (const auto& [crs, plane, right] : {
             Case{"ESRI:54009", {-18041000, -9020500, 18041000, 9020500}, {-180, -90, 180, 90}},
             Case{"ESRI:54008", {-20037600, -10002000, 20037600, 10002000}, {-180, -90, 180, 90}},
             Case{"ESRI:54030", {-17005900, -8625200, 17005900, 8625200}, {-180, -90, 180, 90}},
             Case{"ESRI:54052", {-20037600, -8683300, 20037600, 8683300}, {-180, -90, 180, 90}},
             Case{"+proj=ortho +lat_0=0 +lon_0=0 +R=6371000", {-6.4e6, -6.4e6, 6.4e6, 6.4e6}, {-90, -90, 90, 90}},
             Case{"+proj=ortho +lat_0=0 +lon_0=160 +R=6371000", {-6.4e6, -6.4e6, 6.4e6, 6.4e6}, {70, -90, -110, 90}},
             Case{"+proj=ortho +lat_0=90 +R=6371000", {-6.4e6, -6.4e6, 6.4e6, 6.4e6}, {-180, 0, 180, 90}},
             Case{"+proj=ortho +lat_0=45 +R=6371000", {-6.4e6, -6.4e6, 6.4e6, 6.4e6}, {-180, -45, 180, 90}},
             Case{"+proj=laea +lat_0=40 +lon_0=20 +R=6371000", {-1.3e7, -1.3e7, 1.3e7, 1.3e7}, {-180, -90, 180, 90}},
             Case{"+proj=eqc +lon_0=0 +R=6371000", {-2.1e7, -1.1e7, 2.1e7, 1.1e7}, {-180, -90, 180, 90}},
         }) {
        const auto found = trace_footprint(plane, projected(crs));
        ASSERT_TRUE(found) << crs;
        EXPECT_TRUE(found->approximate) << crs;
        expect_box(found->bbox, right, crs);
    }
}

TEST(Footprint, OfADiskSeenFromSpaceEndsAtItsHorizon) {
    // Where the line of sight is tangent to the ellipsoid.
    const double a = 6378137.0;
    const double b = 6356752.314245;
    const double distance = a + 35785831;
    const double east = std::acos(a / distance) * 180 / M_PI;
    const double north = std::atan(std::sqrt(distance * distance - a * a) / b) * 180 / M_PI;
    for (const double longitude : {0.0, 140.7, -137.0}) {
        const auto found =
            trace_footprint({-5.5e6, -5.5e6, 5.5e6, 5.5e6},
                            projected("+proj=geos +h=35785831 +datum=WGS84 +lon_0=" + std::to_string(longitude)));
        ASSERT_TRUE(found);
        EXPECT_TRUE(found->approximate);
        expect_box(found->bbox, {wrap_difference(longitude - east), -north, wrap_difference(longitude + east), north});
    }
}

TEST(Footprint, OfATileAtTheEdgeOfTheSinusoidalGridEndsAtTheAntimeridian) {
    // Meridians bend by the cosine of latitude: the upper left of this tile lies beyond 180 degrees west.
    const double side = 1111950.5196666666;
    const double radius = 6371007.181;
    const double degrees = 180 / M_PI;
    const GlobeMapping way = projected("+proj=sinu +R=6371007.181 +lon_0=0");
    const auto found = trace_footprint({-11 * side, 5 * side, -10 * side, 6 * side}, way);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->approximate);
    expect_box(found->bbox, {-180, 50, -10 * side / radius / std::cos(50 / degrees) * degrees,
                             std::acos(10 * side / (M_PI * radius)) * degrees});
    EXPECT_FALSE(trace_footprint({-14 * side, 6 * side, -13 * side, 7 * side}, way)) << "wholly beyond";
}

TEST(Footprint, OfACutPartOfADiskIsThatPart) {
    // The north-eastern quarter of a hemisphere, by the sphere's own formulas.
    const auto found =
        trace_footprint({3e6, 2e6, 6.4e6, 6.4e6}, projected("+proj=ortho +lat_0=0 +lon_0=10 +R=6371000"));
    ASSERT_TRUE(found);
    const double degrees = 180 / M_PI;
    const double south = std::asin(2e6 / 6371000);
    expect_box(found->bbox, {10 + std::asin(3e6 / 6371000 / std::cos(south)) * degrees, south * degrees, 100,
                             std::acos(3e6 / 6371000) * degrees});
}

TEST(Footprint, OfAGridWhoseCellsAreCentredOnThePolesIsTheWorld) {
    const auto found = trace_footprint({-182.5, -92.5, 177.5, 92.5}, projected("EPSG:4326", -2.5, 2.5));
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->approximate);
    EXPECT_EQ(found->bbox, (Box{-180, -90, 180, 90}));
    const auto part = trace_footprint({-30, 57.5, 60, 92.5}, projected("EPSG:4267", 15, 2.5));
    ASSERT_TRUE(part);
    EXPECT_FALSE(part->approximate);
    EXPECT_EQ(part->bbox[3], 90);
    EXPECT_FALSE(trace_footprint({0, 500, 1, 600}, projected("EPSG:4326", 0.5, 0.5)));
}

TEST(Footprint, OfTheWorldOnARotatedGridIsTheWorld) {
    OGRSpatialReference crs;
    crs.SetGeogCS("sphere", "sphere", "sphere", 6371229, 0);
    crs.SetDerivedGeogCRSWithPoleRotationNetCDFCFConvention("rotated", 39.25, -162, 0);
    const GlobeMapping way = mapping_of(crs, {});
    const auto world = trace_footprint({-180, -90, 180, 90}, way);
    ASSERT_TRUE(world);
    expect_box(world->bbox, {-180, -90, 180, 90});
    const auto pole = way.from_lonlat({0, 90});
    ASSERT_TRUE(pole);
    const auto arctic = trace_footprint({-20, pole->y - 15, 20, pole->y + 15}, way);
    ASSERT_TRUE(arctic);
    const bool inside = std::abs(pole->x) < 20;
    EXPECT_EQ(arctic->bbox[3] == 90, inside);
    EXPECT_EQ(arctic->bbox[2] - arctic->bbox[0] == 360, inside);
}

TEST(Footprint, IsABoxAroundWhatIsDefinedWhenPartOfThePlaneIsNotOnTheGlobe) {
    const auto half = [](Point at) { return at.x > 0 ? std::optional(at) : std::nullopt; };
    const auto found = trace_footprint({-40, 0, 40, 30}, {half, half});
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->approximate);
    EXPECT_EQ(found->bbox, (Box{0, 0, 40, 30}));
    const auto never = [](Point) { return std::optional<Point>(); };
    EXPECT_FALSE(trace_footprint({0, 0, 1, 1}, {never, never}));
    EXPECT_FALSE(trace_footprint({0, 500, 1, 600}, plain()));
}

TEST(Footprint, GroundDistancesAreMetres) {
    EXPECT_NEAR(ground_distance({0, 0}, {1e-3, 0}), 111.319491, 1e-4);
    EXPECT_NEAR(ground_distance({10, 60}, {10, 60.001}), 111.412, 1e-2);
    EXPECT_NEAR(ground_distance({179.9995, 0}, {-179.9995, 0}), 111.319491, 1e-4);
}

} // namespace
} // namespace landfall::raster
