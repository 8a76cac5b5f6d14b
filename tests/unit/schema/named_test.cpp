#include "schema/json_schema.hpp"
#include "schema/named.hpp"

#include <gtest/gtest.h>

namespace landfall::schema {
namespace {

struct ThingCreateInput {
    std::string name;
};
constexpr auto describe(Of<ThingCreateInput>) {
    return schema::fields(field("name", &ThingCreateInput::name, {.required = true}));
}
using ThingDeleteInput = Named<ThingCreateInput, "ThingDeleteInput">;

struct ThingRecord {};
constexpr auto describe(Of<ThingRecord>) {
    return schema::fields();
}
constexpr std::string_view schema_name(Of<ThingRecord>) {
    return "ThingResponse";
}

TEST(Named, AStructIsPublishedByItsOwnNameUnlessItSaysAnother) {
    EXPECT_EQ(published_name<ThingCreateInput>(), "ThingCreateInput");
    EXPECT_EQ(published_name<ThingDeleteInput>(), "ThingDeleteInput");
    EXPECT_EQ(published_name<ThingRecord>(), "ThingResponse");
}

TEST(Named, AnotherNameChangesNoField) {
    const Json once = json_schema<ThingCreateInput>();
    const Json again = json_schema<ThingDeleteInput>();
    EXPECT_EQ(again["title"], Json("ThingDeleteInput"));
    EXPECT_EQ(again["properties"], once["properties"]);
    EXPECT_EQ(again["required"], once["required"]);
    EXPECT_EQ(from_json<ThingDeleteInput>(Json::object({{"name", "A"}}))->name, "A");
}

} // namespace
} // namespace landfall::schema
