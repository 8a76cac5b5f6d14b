#include "auth/principal.hpp"
#include "operations/registry/openapi.hpp"
#include "operations/registry/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace landfall::operations {
namespace {

struct Named {
    std::string name;
    std::int64_t count = 7;
};
constexpr auto describe(schema::Of<Named>) {
    return schema::fields(schema::field("name", &Named::name, {.required = true}),
                          schema::field("count", &Named::count));
}

Result<Named> work(domain::Context&, const Named& in) {
    return in;
}

constexpr OperationSpec kSound{.id = "things.make",
                               .scope = "items:write",
                               .side_effect = SideEffect::Compute,
                               .summary = "Make a thing.",
                               .errors = Code::Conflict | Code::PaymentRequired,
                               .accepts_idempotency_key = true};

std::string rejection(const OperationSpec& spec) {
    Registry registry;
    registry.write(kSound, work);
    try {
        registry.write(spec, work);
    } catch (const std::logic_error& refused) {
        return refused.what();
    }
    return "";
}

OperationSpec changed(void (*change)(OperationSpec&)) {
    OperationSpec spec = kSound;
    spec.id = "things.other";
    change(spec);
    return spec;
}

TEST(Registry, RefusesMistakenDeclarationsWithASentenceThatNamesThem) {
    EXPECT_EQ(rejection(changed([](OperationSpec&) {})), "");
    EXPECT_NE(rejection(kSound).find("'things.make' is listed twice"), std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.id = "things"; })).find("resource.verb"), std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.summary = ""; })).find("summary"), std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.scope = "things:write"; })).find("scope"), std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.scope = "*"; })).find("scope"), std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.side_effect = SideEffect::Read; })).find("idempotency"),
              std::string::npos);
    static constexpr std::string_view kPictures[] = {"image/png"};
    EXPECT_EQ(rejection(changed([](OperationSpec& s) { s.raw_media_types = kPictures; })), "");
    EXPECT_NE(rejection(changed([](OperationSpec& s) {
                  s.raw_media_types = kPictures;
                  s.media_type = "image/png";
              })).find("media types"),
              std::string::npos);
    EXPECT_NE(rejection(changed([](OperationSpec& s) { s.success_status = 404; })).find("status"), std::string::npos);
}

TEST(Registry, FindsByIdAndByPath) {
    const Registry registry = make_registry();
    ASSERT_NE(registry.find("uploads.initiate"), nullptr);
    EXPECT_EQ(registry.find_alias("uploads/initiate"), registry.find("uploads.initiate"));
    EXPECT_EQ(registry.find_alias("items/asset/download"), registry.find("items.asset.download"));
    for (const auto* path : {"uploads.initiate", "uploads", "", "uploads//initiate", "/uploads/initiate",
                             "uploads/initiate/", "Uploads/Initiate"})
        EXPECT_EQ(registry.find_alias(path), nullptr) << path;
    EXPECT_EQ(registry.find("uploads.nothing"), nullptr);
}

TEST(Registry, OfThisServerListsEachOperationOnceInOrder) {
    const Registry registry = make_registry();
    const auto all = registry.all();
    EXPECT_GT(all.size(), 20U);
    EXPECT_TRUE(
        std::is_sorted(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->spec.id < b->spec.id; }));
    for (const auto* operation : all) {
        EXPECT_TRUE(operation->spec.summary.ends_with('.')) << operation->spec.id;
        EXPECT_EQ(operation->input_schema["type"].as_string(), "object") << operation->spec.id;
        EXPECT_TRUE(operation->body) << operation->spec.id;
    }
}

TEST(OpenApi, DescribesAnOperationAsClientsReadIt) {
    Registry registry;
    registry.write(kSound, work);
    const Json document = openapi_document(registry, "1.2.3");
    EXPECT_EQ(document["openapi"].as_string(), "3.1.0");
    EXPECT_EQ(document["info"]["version"].as_string(), "1.2.3");
    ASSERT_EQ(document["paths"].members().size(), 1U);
    const Json& post = document["paths"]["/v1/op/things.make"]["post"];
    EXPECT_EQ(post["operationId"].as_string(), "things.make");
    EXPECT_EQ(post["x-required-scope"].as_string(), "items:write");
    EXPECT_EQ(post["x-side-effect"].as_string(), "compute");
    EXPECT_TRUE(post["requestBody"]["required"].as_bool());
    const std::string reference = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_string();
    ASSERT_TRUE(reference.starts_with("#/components/schemas/"));
    const Json& input = document["components"]["schemas"][reference.substr(reference.rfind('/') + 1)];
    EXPECT_EQ(input["required"].dump(), R"(["name"])");
    EXPECT_EQ(input["properties"]["count"]["default"].as_integer(), 7);
    EXPECT_EQ(post["parameters"].items().size(), 2U) << "x-api-key and idempotency-key";
    std::set<std::string> statuses;
    for (const auto& [status, response] : post["responses"].members())
        statuses.insert(status);
    EXPECT_EQ(statuses, (std::set<std::string>{"200", "400", "401", "402", "403", "404", "409", "413", "422", "429",
                                               "500", "503", "504"}));
    EXPECT_EQ(post["responses"]["404"]["content"]["application/problem+json"]["schema"]["$ref"].as_string(),
              "#/components/schemas/Problem");
    EXPECT_EQ(post["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].as_string(),
              "#/components/schemas/HTTPValidationError");
}

TEST(OpenApi, TellsTheSuccessStatusAndTheRawMediaTypesOfASpec) {
    static constexpr std::string_view kPictures[] = {"image/webp", "image/png"};
    Registry registry;
    registry.write(changed([](OperationSpec& s) { s.success_status = 201; }), work);
    registry.write(kSound, work);
    OperationSpec raw = changed([](OperationSpec& s) { s.raw_media_types = kPictures; });
    raw.id = "things.draw";
    registry.write(raw, work);
    const Json paths = openapi_document(registry, "1")["paths"];
    EXPECT_TRUE(paths["/v1/op/things.other"]["post"]["responses"]["201"].is_object());
    EXPECT_FALSE(paths["/v1/op/things.other"]["post"]["responses"]["200"].is_object());
    const Json& drawn = paths["/v1/op/things.draw"]["post"];
    EXPECT_EQ(drawn["x-output-media-type"].as_string(), "image/webp");
    EXPECT_EQ(drawn["responses"]["200"]["content"].members().size(), 2U);
}

TEST(OpenApi, TellsWhichFieldsAnAddressTakesAndWhere) {
    static constexpr std::string_view kQuery[] = {"count", "key"};
    const GetAddress addresses[] = {{"/things/{name}.json", "things.make", kQuery}};
    Registry registry;
    registry.write(kSound, work);
    const Json document = openapi_document(registry, "1", addresses);
    const Json& get = document["paths"]["/things/{name}.json"]["get"];
    std::string told;
    for (const Json& parameter : get["parameters"].items())
        told += parameter["in"].as_string() + ":" + parameter["name"].as_string() + " ";
    EXPECT_EQ(told, "header:x-api-key path:name query:count query:key ");
    EXPECT_EQ(get["parameters"].items()[2]["schema"]["default"].as_integer(), 7);
    EXPECT_TRUE(get["parameters"].items()[1]["required"].as_bool());
    const GetAddress misspelt[] = {{"/things/{nmae}.json", "things.make"}};
    EXPECT_THROW(openapi_document(registry, "1", misspelt), std::logic_error);
    const GetAddress strange[] = {{"/things/{name}.json", "things.draw"}};
    EXPECT_THROW(openapi_document(registry, "1", strange), std::logic_error);
}

/// Every `$ref` of a document.
void collect(const Json& json, std::set<std::string>& references) {
    for (const auto& entry : json.items())
        collect(entry, references);
    for (const auto& [name, value] : json.members()) {
        if (name == "$ref")
            references.insert(value.as_string());
        collect(value, references);
    }
}

TEST(OpenApi, OfThisServerIsWhole) {
    const Registry registry = make_registry();
    const Json document = openapi_document(registry, "1");
    EXPECT_EQ(document["paths"].members().size(), registry.all().size());
    std::set<std::string> references;
    collect(document, references);
    for (const auto& reference : references) {
        const auto slash = reference.rfind('/');
        const std::string kind = reference.substr(0, slash);
        ASSERT_TRUE(kind == "#/components/schemas" || kind == "#/components/headers") << reference;
        EXPECT_TRUE(document["components"][kind.substr(13)][reference.substr(slash + 1)].is_object()) << reference;
    }
    for (const auto& [path, item] : document["paths"].members()) {
        const Json& responses = item["post"]["responses"];
        const Json& success = responses[responses.find("200") != nullptr ? "200" : "201"];
        EXPECT_FALSE(success["content"].members().empty()) << path;
    }
    const auto parsed = Json::parse(document.dump());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, document);
}

TEST(OpenApi, ABodyWithoutRequiredMembersMayBeLeftOut) {
    const Registry registry = make_registry();
    const Json document = openapi_document(registry, "1");
    EXPECT_FALSE(document["paths"]["/v1/op/uploads.complete"]["post"]["requestBody"]["required"].as_bool(true));
    EXPECT_TRUE(document["paths"]["/v1/op/uploads.initiate"]["post"]["requestBody"]["required"].as_bool());
}

} // namespace
} // namespace landfall::operations
