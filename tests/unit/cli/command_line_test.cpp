#include "cli/command_line.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

const operations::Registry& registry() {
    static const operations::Registry all = operations::make_registry();
    return all;
}

Result<std::string> no_files(const std::string& file) {
    return file == "box.json" ? Result<std::string>(R"({"eo:cloud_cover":{"lt":10}})")
                              : fail(Code::Internal, "'" + file + "' can't be read");
}

Result<Invocation> parse(const Command& command, const std::vector<std::string>& words) {
    return parse_command_line(command, words, no_files);
}
Result<Invocation> parse(std::string_view operation, const std::vector<std::string>& words) {
    return parse(command_of(*registry().find(operation)), words);
}
/// The JSON that the flags make, or the first fault.
std::string input(std::string_view operation, const std::vector<std::string>& words) {
    const auto parsed = parse(operation, words);
    return parsed ? parsed->input.dump() : parsed.error().message;
}

TEST(CommandLine, FlagsBecomeTheOperationsInput) {
    EXPECT_EQ(input("uploads.initiate",
                    {"--project-id", "prj_1", "--file-count=3", "--transfer-method", "cli", "--is-categorical"}),
              R"({"project_id":"prj_1","file_count":3,"transfer_method":"cli","is_categorical":true})");
    EXPECT_EQ(input("uploads.initiate", {"--project_id", "prj_1", "--no-is-categorical"}),
              R"({"project_id":"prj_1","is_categorical":false})");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "prj_1", "--is-categorical", "false"}),
              R"({"project_id":"prj_1","is_categorical":false})");
}

TEST(CommandLine, ListsAreRepeatedFlagsCommasOrJson) {
    const std::string box = R"({"project_id":"p","bbox":[-7.5,46,7,47]})";
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--bbox", "-7.5,46,7,47"}), box);
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--bbox", "[-7.5, 46, 7, 47]"}), box);
    EXPECT_EQ(
        input("items.search", {"--project-id", "p", "--bbox", "-7.5", "--bbox", "46", "--bbox", "7", "--bbox", "47"}),
        box);
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--collections", "a,b", "--collections", "c"}),
              R"({"project_id":"p","collections":["a,b","c"]})");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--sortby", R"({"field":"name"})"}),
              R"({"project_id":"p","sortby":[{"field":"name"}]})");
}

TEST(CommandLine, ObjectsAreJsonOrAFile) {
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--query", R"({"a":{"eq":1}})"}),
              R"({"project_id":"p","query":{"a":{"eq":1}}})");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--query", "@box.json"}),
              R"({"project_id":"p","query":{"eo:cloud_cover":{"lt":10}}})");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--query", "@other.json"}),
              "--query: 'other.json' can't be read");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--query", "[1]"}), "--query needs a JSON object, not '[1]'");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--query", "{"}), "--query: this is no valid JSON");
}

TEST(CommandLine, WrongValuesNameTheFlag) {
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "--file-count", "three"}),
              "--file-count needs an integer, not 'three'");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "--file-count", "3x"}),
              "--file-count needs an integer, not '3x'");
    EXPECT_EQ(input("items.search", {"--project-id", "p", "--bbox", "1,nan"}), "--bbox needs a number, not 'nan'");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "--is-categorical=yes"}),
              "--is-categorical needs true or false, not 'yes'");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "--transfer-method", "ftp"}),
              "--transfer-method needs one of browser, cli, cloud_transfer, signed_url, not 'ftp'");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "--project-id", "q"}), "--project-id is given twice");
    EXPECT_EQ(input("uploads.initiate", {"--project-id"}), "--project-id needs a value");
    EXPECT_EQ(input("uploads.initiate", {"--project-id", "p", "stray"}),
              "'stray' is not expected here; values follow flags, see --help");
}

TEST(CommandLine, MissingFlagsAreListedTogether) {
    EXPECT_EQ(input("items.asset.download", {}), "--item-id, --asset-id are missing");
    EXPECT_EQ(input("items.asset.download", {"--item-id", "it_1"}), "--asset-id is missing");
}

TEST(CommandLine, UnknownFlagsAreRefusedWithTheNearestOne) {
    EXPECT_EQ(input("uploads.initiate", {"--projct-id", "p"}),
              "There is no flag --projct-id; did you mean --project-id?");
    EXPECT_EQ(input("uploads.initiate", {"--frobnicate"}),
              "There is no flag --frobnicate; see landfall uploads initiate --help");
    EXPECT_EQ(input("uploads.initiate", {"-x"}), "There is no flag -x; see landfall uploads initiate --help");
}

TEST(CommandLine, EveryFaultIsReported) {
    const auto parsed = parse("uploads.initiate", {"--projct-id", "p", "--file-count", "x"});
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().fields.size(), 2U);
}

TEST(CommandLine, HelpNeedsNothingElse) {
    const auto parsed = parse("uploads.initiate", {"--help"});
    ASSERT_TRUE(parsed.has_value());
    EXPECT_TRUE(parsed->help);
}

TEST(CommandLine, AWordThatAsksForHelpIsNoFlagsValue) {
    for (const char* word : {"--help", "-h"}) {
        const auto parsed = parse("uploads.initiate", {"--project-id", word});
        ASSERT_TRUE(parsed.has_value()) << word;
        EXPECT_TRUE(parsed->help) << word;
        EXPECT_FALSE(parse("uploads.initiate", {"--project-id", "p", "--", word}).has_value()) << word;
    }
}

TEST(CommandLine, OwnFlagsAreNoInput) {
    const auto parsed = parse("items.get", {"--item-id", "it_1", "--json", "-o", "out.json", "--url=http://x"});
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->input.dump(), R"({"item_id":"it_1"})");
    EXPECT_TRUE(parsed->has("json"));
    EXPECT_EQ(parsed->value("output"), "out.json");
    EXPECT_EQ(parsed->value("url"), "http://x");
}

TEST(CommandLine, NullableNumbersTakeNull) {
    EXPECT_EQ(input("api_keys.create", {"--name", "n", "--rate-limit", "null"}), R"({"name":"n","rate_limit":null})");
}

TEST(Command, EveryOperationIsACommandWhoseFlagsCoverItsInput) {
    for (const auto* operation : registry().all()) {
        const Command command = command_of(*operation);
        EXPECT_EQ(command.flags.size(), operation->input_schema["properties"].members().size()) << operation->spec.id;
        EXPECT_FALSE(command.summary.empty());
        for (const Flag& flag : command.flags) {
            EXPECT_EQ(command.find(flag.name), &flag) << operation->spec.id << " " << flag.name;
            EXPECT_EQ(flag.name.find('_'), std::string::npos);
        }
    }
}

TEST(Command, DottedIdsBecomeWords) {
    EXPECT_EQ(words_of("items.asset.download"), (std::vector<std::string>{"items", "asset", "download"}));
    EXPECT_EQ(words_of("uploads.signed_url"), (std::vector<std::string>{"uploads", "signed-url"}));
}

TEST(Command, APropertyThatWouldHideAnOwnFlagIsRenamed) {
    const auto schema = Json::parse(R"({"properties":{"url":{"type":"string"},"note":{"type":"string"}}})");
    const auto flags = flags_of_schema(*schema, connection_flags());
    EXPECT_EQ(flags[0].name, "field-url");
    EXPECT_EQ(flags[0].property, "url");
    EXPECT_EQ(flags[1].name, "note");
}

TEST(Command, HelpShowsTypesChoicesAndWhatIsRequired) {
    const std::string help = help_text(command_of(*registry().find("uploads.initiate")));
    EXPECT_NE(help.find("Usage: landfall uploads initiate [flags]"), std::string::npos);
    EXPECT_NE(help.find("--project-id TEXT"), std::string::npos);
    EXPECT_NE(help.find("(required)"), std::string::npos);
    EXPECT_NE(help.find("[browser, cli, cloud_transfer, signed_url]"), std::string::npos);
    EXPECT_NE(help.find("--idempotency-key"), std::string::npos);
}

} // namespace
} // namespace landfall::cli
