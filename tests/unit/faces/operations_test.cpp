#include "faces/items.hpp"
#include "faces/operations.hpp"
#include "support/domain_fixture.hpp"
#include "unit/faces/asked_face.hpp"

#include <gmock/gmock.h>

namespace landfall::faces::testing {
namespace {

using ::testing::HasSubstr;

class OperationFaces : public landfall::testing::DomainTest {
protected:
    operations::Registry registry = operations::make_registry();
    admission::Pipeline pipeline{services};
    operations::Dispatcher dispatcher{registry, pipeline};
    http::Face operations_ = operation_face(dispatcher);
    http::Face items_ = item_face(dispatcher);

    http::Response answer_with(admission::Answer answer) {
        operations::Outcome outcome{std::move(answer), std::nullopt, "", false, {}};
        return respond(*registry.find("items.tile.render"), std::move(outcome), request_for("GET", "/x"));
    }
};

TEST_F(OperationFaces, RefuseWithProblemDocuments) {
    const auto unknown = ask(operations_, request_for("POST", "/v1/op/no.such"), "{}");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.headers.get("Content-Type"), "application/problem+json");
    const auto nobody = ask(operations_, request_for("POST", "/v1/op/items.list"), "{}");
    EXPECT_EQ(nobody.status, 401);
    EXPECT_TRUE(nobody.headers.get("WWW-Authenticate"));
    const auto by_alias = ask(operations_, request_for("POST", "/v1/items/list"), "{}");
    EXPECT_EQ(by_alias.status, 401);
    EXPECT_EQ(by_alias.operation, "items.list");
    EXPECT_EQ(ask(items_, request_for("GET", "/api/v1/items/it_1/stac.json")).status, 401);
    EXPECT_THAT(body_of(ask(items_, request_for("GET", "/api/v1/items/"))),
                HasSubstr("urn:landfall:problem:not-found"));
}

TEST_F(OperationFaces, RunAnOperationInTheLaneOfItsPace) {
    const auto lane_of_post = [&](std::string_view path) { return lane(operations_, request_for("POST", path)); };
    EXPECT_EQ(lane_of_post("/v1/op/items.list"), http::Lane::Interactive);
    EXPECT_EQ(lane_of_post("/v1/op/items.create"), http::Lane::Commit);
    EXPECT_EQ(lane_of_post("/v1/uploads/complete"), http::Lane::Slow);
    EXPECT_EQ(lane_of_post("/v1/op/no.such"), http::Lane::Interactive);
    const auto lane_of_get = [&](std::string_view path) { return lane(items_, request_for("GET", path)); };
    for (const auto& [path, id] : {std::pair("/api/v1/items/it_1/tiles/1/0/0.png", "items.tile.render"),
                                   std::pair("/api/v1/items/it_1/tilejson.json", "items.tile.tilejson"),
                                   std::pair("/api/v1/items/it_1/stac.json", "items.get_stac"),
                                   std::pair("/api/v1/items/it_1/assets/data", "items.asset.download")})
        EXPECT_EQ(lane_of_get(path), lane_of(registry.find(id))) << path;
    EXPECT_EQ(lane_of_get("/api/v1/items/it_1/assets/data"), http::Lane::Commit);
}

TEST_F(OperationFaces, SendAnAnswersStatusTagAndHeaders) {
    const auto drawn = answer_with({"drawn", "image/png", 200, "abc"});
    EXPECT_EQ(drawn.status, 200);
    EXPECT_EQ(drawn.headers.get("ETag"), "\"abc\"");
    EXPECT_EQ(drawn.headers.get("Content-Type"), "image/png");
    EXPECT_EQ(drawn.headers.get("Cache-Control"), "no-store");
    const auto known = answer_with({"", "image/png", 304, "abc"});
    EXPECT_EQ(known.status, 304);
    EXPECT_EQ(known.headers.get("ETag"), "\"abc\"");
    EXPECT_FALSE(known.headers.get("Content-Type"));
    const auto made = answer_with({"{}", "application/json", 201, "", "", {{"Location", "/there"}}});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.headers.get("Location"), "/there");
    EXPECT_FALSE(made.headers.get("ETag"));
}

} // namespace
} // namespace landfall::faces::testing
