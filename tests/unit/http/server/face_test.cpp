#include "http/server/face.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace landfall::http {
namespace {

Refuse saying(const std::string& name) {
    return [name](const Request&, int status, const std::string&) { return Response::text(status, "t", name); };
}

std::string shape_at(const Refusals& refusals, std::string_view path) {
    return std::get<std::string>(refusals.of(path)({}, 404, "Nothing here.").body);
}

TEST(Face, RefusesARouteOutsideItsPrefixes) {
    Face face({"/a/", "/healthz"});
    face.route_stream("PUT", "/a/{x}", {});
    face.route("GET", "/healthz", Lane::Inline, {});
    EXPECT_EQ(face.routes().size(), 2U);
    EXPECT_THROW(face.route("GET", "/b", Lane::Inline, {}), std::logic_error);
}

TEST(Refusals, HaveTheShapeOfTheFaceWithTheLongestPrefix) {
    Refusals refusals;
    ASSERT_TRUE(refusals.add(Face({"/api/"}, saying("api"))));
    ASSERT_TRUE(refusals.add(Face({"/api/stac/", "/other/"}, saying("stac"))));
    EXPECT_EQ(shape_at(refusals, "/api/x"), "api");
    EXPECT_EQ(shape_at(refusals, "/api/stac/x"), "stac");
    EXPECT_EQ(shape_at(refusals, "/other/"), "stac");
    for (const char* unknown : {"", "/", "/api", "/apis/", "*"})
        EXPECT_NE(shape_at(refusals, unknown).find("urn:landfall:problem:not-found"), std::string::npos) << unknown;
}

TEST(Refusals, BelongToOneFaceOnly) {
    Refusals refusals;
    ASSERT_TRUE(refusals.add(Face({"/a/"})));
    EXPECT_FALSE(refusals.add(Face({"/a/"})));
}

} // namespace
} // namespace landfall::http
