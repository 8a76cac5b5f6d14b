#include "geo/footprint.hpp"
#include "geo/outline.hpp"

#include <gtest/gtest.h>

namespace landfall::geo {
namespace {

Footprint read(const char* text, std::optional<Bounds> declared = {}) {
    auto footprint = footprint_of(*Json::parse(text), declared);
    EXPECT_TRUE(footprint) << (footprint ? "" : footprint.error().message);
    return *std::move(footprint);
}
bool refused(const char* text) {
    return !footprint_of(*Json::parse(text));
}
bool touches(const Footprint& footprint, const Bounds& box) {
    return footprint_touches(outline_of(footprint), box);
}

TEST(FootprintTest, ARectangleAndAPointAreTheirBoxes) {
    const Footprint box = read(R"({"type":"Polygon","coordinates":[[[0,0],[4,0],[4,2],[0,2],[0,0]]]})");
    EXPECT_EQ(box.shape, Footprint::Shape::Box);
    EXPECT_EQ(box.bounds(), (Bounds{0, 0, 4, 2}));
    EXPECT_EQ(read(R"({"type":"Point","coordinates":[3,4]})").bounds(), (Bounds{3, 4, 3, 4}));
    EXPECT_EQ(footprint_of(Json())->shape, Footprint::Shape::None);
}

TEST(FootprintTest, ATriangleDoesNotCoverItsBox) {
    const Footprint triangle = read(R"({"type":"Polygon","coordinates":[[[0,0],[10,0],[0,10],[0,0]]]})");
    EXPECT_EQ(triangle.shape, Footprint::Shape::Exact);
    EXPECT_FALSE(touches(triangle, {8, 8, 9, 9}));
    EXPECT_TRUE(touches(triangle, {5, 5, 9, 9})) << "the corner lies on the edge";
    EXPECT_TRUE(touches(triangle, {1, 1, 2, 2})) << "wholly inside";
    EXPECT_TRUE(touches(triangle, {-5, -5, 20, 20})) << "wholly around";
}

TEST(FootprintTest, AHoleIsOutside) {
    const Footprint ring = read(
        R"({"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[8,2],[8,8],[2,8],[2,2]]]})");
    EXPECT_FALSE(touches(ring, {4, 4, 5, 5}));
    EXPECT_TRUE(touches(ring, {1, 1, 5, 5}));
}

TEST(FootprintTest, WhatCrossesTheAntimeridianHasTwoBoxes) {
    const char* jumping = R"({"type":"Polygon","coordinates":[[[170,0],[-170,0],[-175,10],[175,10],[170,0]]]})";
    const Footprint footprint = read(jumping, Bounds{170, 0, -170, 10});
    ASSERT_EQ(footprint.boxes.size(), 2U);
    EXPECT_EQ(footprint.bounds(), (Bounds{170, 0, -170, 10}));
    EXPECT_TRUE(touches(footprint, {-179, 4, -178, 5}));
    EXPECT_FALSE(touches(footprint, {0, 4, 10, 5}));
    const Footprint halves = read(
        R"({"type":"MultiPolygon","coordinates":[[[[170,0],[180,0],[180,5],[170,0]]],[[[-180,0],[-170,0],[-180,5],[-180,0]]]]})",
        Bounds{170, 0, -170, 5});
    EXPECT_EQ(halves.bounds(), (Bounds{170, 0, -170, 5}));
}

TEST(FootprintTest, OutlinesMeetByEdgesOrByContainment) {
    const Footprint big = read(R"({"type":"Polygon","coordinates":[[[0,0],[10,0],[0,10],[0,0]]]})");
    const Footprint small = read(R"({"type":"Polygon","coordinates":[[[1,1],[2,1],[1,2],[1,1]]]})");
    const Footprint line = read(R"({"type":"LineString","coordinates":[[-5,5],[20,5]]})");
    const Footprint far = read(R"({"type":"MultiPoint","coordinates":[[9,9],[30,30]]})");
    const auto meet = [](const Footprint& a, const Footprint& b) {
        EXPECT_EQ(footprints_touch(outline_of(a), outline_of(b)), footprints_touch(outline_of(b), outline_of(a)));
        return footprints_touch(outline_of(a), outline_of(b));
    };
    EXPECT_TRUE(meet(big, small));
    EXPECT_TRUE(meet(big, line));
    EXPECT_FALSE(meet(big, far));
    EXPECT_FALSE(meet(small, line));
}

TEST(FootprintTest, MalformedGeometriesAreRefused) {
    for (const char* text : {R"("x")", R"({"type":"Circle"})", R"({"type":"Point","coordinates":[1]})",
                             R"({"type":"Point","coordinates":[1,91]})", R"({"type":"Point","coordinates":["1",2]})",
                             R"({"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2]]]})",
                             R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[2,2]]]})",
                             R"({"type":"LineString","coordinates":5})", R"({"type":"Point","coordinates":[1e9,0]})"})
        EXPECT_TRUE(refused(text)) << text;
}

TEST(FootprintTest, ADamagedOutlineTouchesNothingAndReadsNothingBeyondItsEnd) {
    const std::string whole = outline_of(read(R"({"type":"Polygon","coordinates":[[[0,0],[10,0],[0,10],[0,0]]]})"));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(footprint_touches(whole.substr(0, size), {1, 1, 2, 2}));
    EXPECT_FALSE(footprint_touches(std::string(64, '\xff'), {1, 1, 2, 2}));
}

} // namespace
} // namespace landfall::geo
