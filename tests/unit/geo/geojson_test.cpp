#include "geo/geojson.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace landfall::geo {
namespace {

std::string box_text(const Result<Bbox>& box) {
    if (!box) {
        EXPECT_EQ(box.error().code, Code::InvalidArgument);
        return "refused";
    }
    std::string out;
    for (const double value : *box) {
        out += out.empty() ? "" : " ";
        append_json_number(out, value);
    }
    return out;
}

struct GeometryCase {
    std::string_view type;
    std::string_view coordinates;
    std::string_view box;
};

class Geometry : public testing::TestWithParam<GeometryCase> {};

TEST_P(Geometry, HasTheBoxOfItsPositionsOrIsRefused) {
    const auto text = std::string(R"({"type":")") + std::string(GetParam().type) + R"(","coordinates":)" +
                      std::string(GetParam().coordinates) + "}";
    EXPECT_EQ(box_text(geometry_bbox(Json::parse(text).value())), GetParam().box) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Sound, Geometry,
    testing::Values(GeometryCase{"Point", "[8.5,47.4]", "8.5 47.4 8.5 47.4"},
                    GeometryCase{"Point", "[1,2,300]", "1 2 1 2"},
                    GeometryCase{"Point", "[-180,-90]", "-180 -90 -180 -90"},
                    GeometryCase{"MultiPoint", "[[1,2],[-3,4]]", "-3 2 1 4"},
                    GeometryCase{"LineString", "[[0,0],[5,-5]]", "0 -5 5 0"},
                    GeometryCase{"MultiLineString", "[[[0,0],[1,1]],[[2,2],[3,3]]]", "0 0 3 3"},
                    GeometryCase{"Polygon", "[[[0,0],[4,0],[4,3],[0,0]]]", "0 0 4 3"},
                    GeometryCase{"Polygon", "[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]", "0 0 9 9"},
                    GeometryCase{"MultiPolygon", "[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]",
                                 "0 0 6 6"}));

INSTANTIATE_TEST_SUITE_P(
    Antimeridian, Geometry,
    testing::Values(
        GeometryCase{"MultiPolygon", "[[[[170,0],[180,0],[180,1],[170,0]]],[[[-180,0],[-175,0],[-175,1],[-180,0]]]]",
                     "170 0 -175 1"},
        GeometryCase{"MultiPolygon", "[[[[-180,0],[-175,0],[-175,1],[-180,0]]],[[[170,0],[180,0],[180,1],[170,0]]]]",
                     "170 0 -175 1"},
        // Both sides are touched, yet a part in between closes the gap: the whole world is meant.
        GeometryCase{"MultiPolygon",
                     "[[[[170,0],[180,0],[180,1],[170,0]]],[[[-180,0],[-175,0],[-175,1],[-180,0]]],[[[-10,0],[175,0],["
                     "175,1],[-10,0]]]]",
                     "-180 0 180 1"},
        GeometryCase{"Polygon", "[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]", "-180 -90 180 90"},
        GeometryCase{"MultiPolygon", "[[[[170,0],[179,0],[179,1],[170,0]]],[[[-180,0],[-175,0],[-175,1],[-180,0]]]]",
                     "-180 0 179 1"}));

INSTANTIATE_TEST_SUITE_P(
    Broken, Geometry,
    testing::Values(GeometryCase{"Circle", "[0,0]", "refused"}, GeometryCase{"", "[0,0]", "refused"},
                    GeometryCase{"Point", "[]", "refused"}, GeometryCase{"Point", "[1]", "refused"},
                    GeometryCase{"Point", "[1,2,3,4,5]", "refused"}, GeometryCase{"Point", "{\"x\":1}", "refused"},
                    GeometryCase{"Point", "null", "refused"}, GeometryCase{"Point", "[\"1\",2]", "refused"},
                    GeometryCase{"Point", "[181,0]", "refused"}, GeometryCase{"Point", "[0,90.1]", "refused"},
                    GeometryCase{"Point", "[0,1e308]", "refused"}, GeometryCase{"MultiPoint", "[]", "refused"},
                    GeometryCase{"LineString", "[[0,0]]", "refused"}, GeometryCase{"LineString", "[0,0]", "refused"},
                    GeometryCase{"Polygon", "[]", "refused"}, GeometryCase{"Polygon", "[[]]", "refused"},
                    GeometryCase{"Polygon", "[[[0,0],[1,1],[0,0]]]", "refused"},
                    GeometryCase{"Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]", "refused"},
                    GeometryCase{"Polygon", "[[0,0],[1,0],[1,1],[0,0]]", "refused"},
                    GeometryCase{"MultiPolygon", "[[]]", "refused"}));

TEST(Geometry, ClosesARingByValueNotBySpelling) {
    const auto ring = Json::parse(R"({"type":"Polygon","coordinates":[[[0.0,0],[1,0],[1,1],[0,0.0]]]})");
    ASSERT_TRUE(ring);
    EXPECT_TRUE(geometry_bbox(*ring));
}

TEST(Geometry, ThatIsNoObjectIsRefused) {
    for (const auto& json : {Json(), Json("Point"), Json::array(), Json::object()})
        EXPECT_EQ(box_text(geometry_bbox(json)), "refused");
}

TEST(GeometryCollection, IsTheUnionOfItsPartsAndNestsFourDeep) {
    const std::string point = R"({"type":"Point","coordinates":[7,8]})";
    std::string nested = point;
    for (int depth = 0; depth < 4; ++depth)
        nested = R"({"type":"GeometryCollection","geometries":[)" + nested + "]}";
    EXPECT_EQ(box_text(geometry_bbox(Json::parse(nested).value())), "7 8 7 8");
    nested = R"({"type":"GeometryCollection","geometries":[)" + nested + "]}";
    EXPECT_EQ(box_text(geometry_bbox(Json::parse(nested).value())), "refused");
}

TEST(Geometry, OfMoreThanAHundredThousandPositionsIsRefused) {
    Json points = Json::array();
    for (std::size_t i = 0; i < kMaxGeometryVertices; ++i)
        points.push(Json::array({Json(1), Json(2)}));
    Json geometry = Json::object({{"type", "MultiPoint"}, {"coordinates", points}});
    EXPECT_EQ(box_text(geometry_bbox(geometry)), "1 2 1 2");
    points.push(Json::array({Json(1), Json(2)}));
    geometry.set("coordinates", points);
    EXPECT_EQ(box_text(geometry_bbox(geometry)), "refused");
}

TEST(ParsedBbox, DropsHeightsAndMayCrossTheAntimeridian) {
    EXPECT_EQ(box_text(parse_bbox({1, 2, 3, 4})), "1 2 3 4");
    EXPECT_EQ(box_text(parse_bbox({1, 2, -50, 3, 4, 900})), "1 2 3 4");
    EXPECT_EQ(box_text(parse_bbox({170, -10, -170, 10})), "170 -10 -170 10");
    EXPECT_EQ(box_text(parse_bbox({-180, -90, 180, 90})), "-180 -90 180 90");
}

TEST(ParsedBbox, ThatIsNoneIsRefused) {
    for (const auto& numbers : std::vector<std::vector<double>>{{},
                                                                {1, 2, 3},
                                                                {1, 2, 3, 4, 5},
                                                                {1, 2, 3, 4, 5, 6, 7},
                                                                {-181, 0, 0, 1},
                                                                {0, -91, 1, 0},
                                                                {0, 0, 181, 1},
                                                                {0, 0, 1, 91},
                                                                {0, 5, 1, 4},
                                                                {0, std::nan(""), 1, 1},
                                                                {0, 0, HUGE_VAL, 1}})
        EXPECT_EQ(box_text(parse_bbox(numbers)), "refused");
}

TEST(BboxGeometry, IsAClosedCounterClockwiseRingAndTwoAcrossTheAntimeridian) {
    EXPECT_EQ(bbox_geometry({1, 2, 3, 4}).dump(),
              R"({"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4],[1,4],[1,2]]]})");
    const Json split = bbox_geometry({170, -10, -170, 10});
    EXPECT_EQ(split["type"].as_string(), "MultiPolygon");
    EXPECT_EQ(box_text(geometry_bbox(split)), "170 -10 -170 10");
}

} // namespace
} // namespace landfall::geo
