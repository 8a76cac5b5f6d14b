#include "stac/input/geometry.hpp"

#include <gtest/gtest.h>

namespace landfall::stac {
namespace {

TEST(Geometries, HaveTypesInAnyCase) {
    const auto read = read_geometry(Json::parse(R"({"type":"POINT","coordinates":[7,46],"crs":"x"})").value());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->dump(), R"({"type":"Point","coordinates":[7,46]})");
}

TEST(Geometries, MayBeWellKnownText) {
    EXPECT_EQ(read_geometry(Json("POINT (7.5 46.5)"))->dump(), R"({"type":"Point","coordinates":[7.5,46.5]})");
    EXPECT_EQ(read_geometry(Json("SRID=4326;POLYGON ((0.5 0.5, 1.5 0.5, 1.5 1.5, 0.5 0.5))"))->dump(),
              R"({"type":"Polygon","coordinates":[[[0.5,0.5],[1.5,0.5],[1.5,1.5],[0.5,0.5]]]})");
}

TEST(Geometries, OfOtherFormsAreRefused) {
    for (const char* text :
         {"null", "5", "{}", R"({"type":"Point"})", R"({"type":"Circle","coordinates":[1,2]})", "\"POINT\"",
          "\"POINT (1)\"", "\"POINT (1 2\"", "\"POINT (1 2) x\"", R"({"type":"Point","coordinates":[600000,200000]})"})
        EXPECT_FALSE(read_geometry(Json::parse(text).value()).has_value()) << text;
}

} // namespace
} // namespace landfall::stac
