#include "core/ids.hpp"
#include "schema/json_schema.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace landfall::schema {
namespace {

enum class Colour { Red, Green };
constexpr auto enum_names(Of<Colour>) {
    return std::array{std::pair{Colour::Red, std::string_view("red")},
                      std::pair{Colour::Green, std::string_view("green")}};
}

struct Point {
    double x = 0;
    std::optional<double> y;
};
constexpr auto describe(Of<Point>) {
    return schema::fields(field("x", &Point::x, {.required = true}), field("y", &Point::y));
}

constexpr std::string_view kKinds[] = {"cat", "dog"};

struct Everything {
    std::string name;
    std::string kind = "cat";
    bool flag = true;
    std::int64_t count = 1;
    std::int32_t small = 0;
    double share = 0.5;
    std::optional<std::int64_t> maybe;
    Colour colour = Colour::Green;
    Timestamp at{};
    ItemId item;
    JsonObject free;
    std::optional<Point> point;
    std::vector<Point> points;
    std::vector<std::string> words;
};
constexpr auto describe(Of<Everything>) {
    using T = Everything;
    return schema::fields(
        field("name", &T::name, {.text = "A name", .required = true, .min_length = 2, .max_length = 3}),
        field("kind", &T::kind, {.one_of = kKinds}), field("flag", &T::flag),
        field("count", &T::count, {.min = 1, .max = 10}), field("small", &T::small),
        field("share", &T::share, {.max = 1, .exclusive_min = 0}), field("maybe", &T::maybe, {.min = 0}),
        field("colour", &T::colour), field("at", &T::at), field("item", &T::item), field("free", &T::free),
        field("point", &T::point), field("points", &T::points, {.max_items = 2}),
        field("words", &T::words, {.max_length = 2, .min_items = 1}));
}

Result<Everything> read(std::string_view text) {
    return from_json<Everything>(Json::parse(text).value());
}

/// `path:type` of every fault, in order.
std::string faults(std::string_view text) {
    const auto made = read(text);
    if (made)
        return "";
    EXPECT_EQ(made.error().code, Code::InvalidArgument);
    std::string out;
    for (const auto& fault : made.error().fields) {
        EXPECT_FALSE(fault.message.empty());
        if (!out.empty())
            out += ' ';
        for (std::size_t i = 0; i < fault.path.size(); ++i)
            out += (i == 0 ? "" : ".") + fault.path[i];
        out += ":" + fault.type;
    }
    return out;
}

TEST(FieldTable, TellsOfUnknownMembersAtAnyDepthAndWhatWasMeant) {
    Reader reader(Unknown::Noted);
    const auto made = from_json<Everything>(
        Json::parse(R"({"name":"ab","fleg":false,"zzz":1,"points":[{"x":1},{"x":2,"Y":3}],"free":{"any":1}})").value(),
        reader);
    ASSERT_TRUE(made);
    EXPECT_EQ(reader.unknown(),
              (std::vector<std::string>{"The field 'Y' in 'points.1' is unknown and was ignored; did you mean 'y'?",
                                        "The field 'fleg' is unknown and was ignored; did you mean 'flag'?",
                                        "The field 'zzz' is unknown and was ignored"}));
}

TEST(FieldTable, TellsOfFewUnknownMembersAndQuotesLittleOfThem) {
    Json many = Json::object({{"name", "ab"}});
    for (int i = 0; i < 1000; ++i)
        many.set(std::string(100'000, 'x') + std::to_string(i), i);
    Reader reader(Unknown::Noted);
    ASSERT_TRUE(from_json<Everything>(many, reader));
    EXPECT_EQ(reader.unknown().size(), kMaxNoted);
    EXPECT_LT(reader.unknown().front().size(), 200U);
}

TEST(FieldTable, RefusesUnknownMembersWhereItShall) {
    Reader reader(Unknown::Refused);
    const auto made =
        from_json<Everything>(Json::parse(R"({"name":"ab","point":{"x":1,"z":2},"coumt":3})").value(), reader);
    ASSERT_FALSE(made);
    const auto& faults = made.error().fields;
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].path, (std::vector<std::string>{"point", "z"}));
    EXPECT_EQ(faults[0].type, "extra_forbidden");
    EXPECT_EQ(faults[1].path, std::vector<std::string>{"coumt"});
    EXPECT_EQ(faults[1].message, "There is no field 'coumt'; did you mean 'count'?");
    const Json closed = closed_schema(json_schema<Everything>());
    EXPECT_FALSE(closed["additionalProperties"].as_bool(true));
    EXPECT_FALSE(closed["properties"]["points"]["items"]["additionalProperties"].as_bool(true));
    EXPECT_EQ(closed["properties"]["free"].find("additionalProperties"), nullptr);
}

TEST(FieldTable, KeepsDefaultsOfAbsentMembersAndIgnoresUnknownOnes) {
    const auto made = read(R"({"name":"ab","unknown":{"a":[1]}})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->kind, "cat");
    EXPECT_TRUE(made->flag);
    EXPECT_EQ(made->count, 1);
    EXPECT_EQ(made->colour, Colour::Green);
    EXPECT_FALSE(made->maybe);
}

TEST(FieldTable, ReadsEveryType) {
    const auto made = read(R"({"name":"ab","kind":"dog","flag":false,"count":2.0,"share":1,"maybe":5,"colour":"red",
        "at":"2026-05-18T04:21:00Z","item":"it_1","free":{"a":1},"point":{"x":1,"y":null},"points":[{"x":2}],"words":["a"]})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->count, 2);
    EXPECT_EQ(made->share, 1);
    EXPECT_EQ(made->maybe, 5);
    EXPECT_EQ(made->colour, Colour::Red);
    EXPECT_EQ(made->item.str(), "it_1");
    EXPECT_EQ(made->free.value.dump(), R"({"a":1})");
    EXPECT_EQ(made->point->x, 1);
    EXPECT_EQ(made->points.size(), 1U);
    EXPECT_EQ(made->words, std::vector<std::string>{"a"});
}

TEST(FieldTable, TellsAllFaultsAtOnceWithTheirPaths) {
    EXPECT_EQ(
        faults(
            R"({"kind":"cow","flag":1,"count":11,"point":{"y":"n"},"points":[{"x":1},{"x":"a","y":true}],"words":["abc",1]})"),
        "name:missing kind:enum flag:bool_type count:less_than_equal point.x:missing point.y:float_type "
        "points.1.x:float_type points.1.y:float_type words.0:string_too_long words.1:string_type");
}

struct FaultCase {
    std::string_view member;
    std::string_view faults;
};

class Faults : public testing::TestWithParam<FaultCase> {};

TEST_P(Faults, NameTheFieldAndTheRule) {
    EXPECT_EQ(faults("{\"name\":\"ab\"," + std::string(GetParam().member) + "}"), GetParam().faults)
        << GetParam().member;
}

INSTANTIATE_TEST_SUITE_P(
    Null, Faults,
    testing::Values(FaultCase{"\"maybe\":null", ""}, FaultCase{"\"point\":null", ""},
                    FaultCase{"\"flag\":null", "flag:bool_type"}, FaultCase{"\"count\":null", "count:int_type"},
                    FaultCase{"\"share\":null", "share:float_type"}, FaultCase{"\"kind\":null", "kind:string_type"},
                    FaultCase{"\"colour\":null", "colour:enum"}, FaultCase{"\"at\":null", "at:string_type"},
                    FaultCase{"\"item\":null", "item:string_type"}, FaultCase{"\"free\":null", "free:dict_type"},
                    FaultCase{"\"points\":null", "points:list_type"},
                    FaultCase{"\"words\":[null]", "words.0:string_type"}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Faults,
    testing::Values(
        FaultCase{"\"count\":1", ""}, FaultCase{"\"count\":10", ""},
        FaultCase{"\"count\":0", "count:greater_than_equal"}, FaultCase{"\"count\":1.5", "count:int_type"},
        FaultCase{"\"count\":\"1\"", "count:int_type"}, FaultCase{"\"count\":true", "count:int_type"},
        FaultCase{"\"count\":1e30", "count:int_type"}, FaultCase{"\"count\":18446744073709551615", "count:int_type"},
        FaultCase{"\"count\":9223372036854775807", "count:less_than_equal"}, FaultCase{"\"small\":2147483647", ""},
        FaultCase{"\"small\":2147483648", "small:value_error"}, FaultCase{"\"small\":-2147483649", "small:value_error"},
        FaultCase{"\"maybe\":-1", "maybe:greater_than_equal"}, FaultCase{"\"share\":0", "share:greater_than"},
        FaultCase{"\"share\":1", ""}, FaultCase{"\"share\":1.01", "share:less_than_equal"},
        FaultCase{"\"share\":\"0.5\"", "share:float_type"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, Faults,
    testing::Values(FaultCase{"\"name\":\"a\"", "name:string_too_short"},
                    FaultCase{"\"name\":\"abcd\"", "name:string_too_long"},
                    FaultCase{"\"name\":\"\xC3\xBC\xC3\xBC\xC3\xBC\"", ""}, // three characters, six bytes
                    FaultCase{"\"name\":\"a\\u0000b\"", "name:value_error"},
                    FaultCase{"\"name\":5", "name:string_type"}, FaultCase{"\"colour\":\"Red\"", "colour:enum"},
                    FaultCase{"\"colour\":0", "colour:enum"}, FaultCase{"\"at\":\"yesterday\"", "at:value_error"},
                    FaultCase{"\"at\":5", "at:string_type"}));

INSTANTIATE_TEST_SUITE_P(Containers, Faults,
                         testing::Values(FaultCase{"\"words\":[]", "words:too_short"},
                                         FaultCase{"\"points\":[{\"x\":1},{\"x\":1},{\"x\":1}]", "points:too_long"},
                                         FaultCase{"\"points\":{}", "points:list_type"},
                                         FaultCase{"\"points\":[[]]", "points.0:model_attributes_type"},
                                         FaultCase{"\"point\":[]", "point:model_attributes_type"},
                                         FaultCase{"\"free\":[]", "free:dict_type"}));

TEST(FieldTable, AnInputThatIsNoObjectIsRefused) {
    EXPECT_EQ(faults("[]"), ":model_attributes_type");
    EXPECT_EQ(faults("\"x\""), ":model_attributes_type");
}

TEST(FieldTable, AHostileListCannotMakeMoreThanAHundredFaults) {
    std::string text = R"({"name":"ab","words":[1)";
    for (int i = 0; i < 5000; ++i)
        text += ",1";
    const auto made = read(text + "]}");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fields.size(), kMaxFaults);
}

TEST(FieldTable, WritesMembersInTheOrderOfTheTable) {
    Everything value;
    value.name = "a\"b";
    value.at = from_micros(0);
    value.point = Point{1.5, std::nullopt};
    EXPECT_EQ(
        to_json_text(value),
        R"({"name":"a\"b","kind":"cat","flag":true,"count":1,"small":0,"share":0.5,"maybe":null,"colour":"green",)"
        R"("at":"1970-01-01T00:00:00.000000Z","item":"","free":{},"point":{"x":1.5,"y":null},"points":[],"words":[]})");
}

TEST(FieldTable, WhatIsWrittenReadsBackTheSame) {
    Everything value;
    value.name = "ab";
    value.words = {"x"};
    value.points = {{1, 2}};
    const std::string text = to_json_text(value);
    EXPECT_EQ(to_json_text(read(text).value()), text);
}

TEST(FieldTable, RawJsonIsPassedOnAsItIs) {
    std::string out;
    write_json(out, std::vector<RawJson>{{R"({"a": 1})"}, {}});
    EXPECT_EQ(out, R"([{"a": 1},null])");
    out.clear();
    write_json(out, RawOf<JsonObject>{R"({"a": 1})"});
    EXPECT_EQ(out, R"({"a": 1})");
}

TEST(Enumerators, HaveOneTextBothWays) {
    EXPECT_EQ(enum_text(Colour::Red), "red");
    EXPECT_EQ(enum_value<Colour>("green"), Colour::Green);
    EXPECT_FALSE(enum_value<Colour>("blue"));
    EXPECT_EQ(enum_text(static_cast<Colour>(7)), "");
}

TEST(JsonSchema, TellsTypesBoundsDefaultsAndRequiredMembers) {
    const Json schema = json_schema<Everything>();
    EXPECT_EQ(schema["type"].as_string(), "object");
    EXPECT_EQ(schema["required"].dump(), R"(["name"])");
    const Json& properties = schema["properties"];
    EXPECT_EQ(properties["name"].dump(), R"({"type":"string","minLength":2,"maxLength":3,"description":"A name"})");
    EXPECT_EQ(properties["kind"].dump(), R"({"type":"string","enum":["cat","dog"],"default":"cat"})");
    EXPECT_EQ(properties["flag"].dump(), R"({"type":"boolean","default":true})");
    EXPECT_EQ(properties["count"].dump(), R"({"type":"integer","minimum":1,"maximum":10,"default":1})");
    EXPECT_EQ(properties["share"].dump(), R"({"type":"number","maximum":1,"exclusiveMinimum":0,"default":0.5})");
    EXPECT_EQ(properties["maybe"].dump(), R"({"type":["integer","null"],"minimum":0})");
    EXPECT_EQ(properties["colour"].dump(), R"({"type":"string","enum":["red","green"],"default":"green"})");
    EXPECT_EQ(properties["at"]["format"].as_string(), "date-time");
    EXPECT_EQ(properties["free"]["type"].as_string(), "object");
    EXPECT_EQ(
        properties["points"].dump(),
        R"({"type":"array","items":{"title":"Point","type":"object","properties":{"x":{"type":"number"},"y":{"type":["number","null"]}},)"
        R"("required":["x"]},"maxItems":2})");
    EXPECT_EQ(properties["words"].dump(), R"({"type":"array","items":{"type":"string","maxLength":2},"minItems":1})");
    EXPECT_EQ(properties["point"]["type"].dump(), R"(["object","null"])");
}

TEST(JsonSchema, OfANullableEnumerationAllowsNullAmongItsValues) {
    EXPECT_EQ(json_schema<std::optional<Colour>>().dump(), R"({"type":["string","null"],"enum":["red","green",null]})");
    EXPECT_EQ(json_schema<Json>().dump(), "{}");
}

struct Passing {
    RawOf<std::vector<std::string>> words;
    std::optional<RawOf<JsonObject>> free;
    RawJson anything;
};

constexpr auto describe(Of<Passing>) {
    return schema::fields(field("words", &Passing::words), field("free", &Passing::free),
                          field("anything", &Passing::anything));
}

TEST(JsonSchema, OfTextThatIsPassedOnIsThatOfItsFormWithoutADefault) {
    const Json properties = json_schema<Passing>()["properties"];
    EXPECT_EQ(properties["words"].dump(), R"({"type":"array","items":{"type":"string"}})");
    EXPECT_EQ(properties["free"].dump(), R"({"type":["object","null"]})");
    EXPECT_EQ(properties["anything"].dump(), "{}");
}

struct Measured {
    std::optional<double> nodata;
    double mean = 4;
    std::array<int, 2> pair{1, 2};
    std::string note;
    std::vector<double> values;
};
constexpr auto describe(Of<Measured>) {
    using T = Measured;
    return schema::fields(field("nodata", &T::nodata, {.sparse = true, .any_number = true}),
                          field("mean", &T::mean, {.null_default = true}), field("pair", &T::pair, {.max = 9}),
                          field("note", &T::note, {.sparse = true}), field("values", &T::values, {.sparse = true}));
}

TEST(Fields, LeaveOutWhatIsEmptyAndSpellNumbersThatJsonHasNot) {
    Measured value;
    value.mean = std::numeric_limits<double>::infinity();
    EXPECT_EQ(to_json_text(value), R"({"mean":null,"pair":[1,2]})");
    for (const auto& [number, text] :
         {std::pair{std::numeric_limits<double>::infinity(), R"("inf")"},
          std::pair{-std::numeric_limits<double>::infinity(), R"("-inf")"},
          std::pair{std::numeric_limits<double>::quiet_NaN(), R"("nan")"}, std::pair{1.5, "1.5"}}) {
        value.nodata = number;
        const std::string json = to_json_text(value);
        EXPECT_NE(json.find(text), std::string::npos) << json;
        const auto again = from_json<Measured>(Json::parse(json).value());
        ASSERT_TRUE(again) << json;
        EXPECT_EQ(to_json_text(Measured{.nodata = again->nodata}), to_json_text(Measured{.nodata = number}));
        EXPECT_EQ(again->mean, 4) << "null keeps the default";
    }
}

TEST(Fields, OfAFixedSizeTakeAsManyEntries) {
    const auto read = [](std::string_view text) { return from_json<Measured>(Json::parse(text).value()); };
    EXPECT_EQ(read(R"({"pair":[3,4]})")->pair, (std::array{3, 4}));
    for (const auto* text : {R"({"pair":[3]})", R"({"pair":[3,4,5]})", R"({"pair":[3,10]})", R"({"pair":3})"})
        EXPECT_FALSE(read(text)) << text;
    EXPECT_EQ(json_schema<Measured>()["properties"]["pair"].dump(),
              R"({"type":"array","items":{"type":"integer","maximum":9},"minItems":2,"maxItems":2,"default":[1,2]})");
}

struct Change {
    MayBeAbsent<std::string> name;
    Patch<std::string> note;
};
constexpr auto describe(Of<Change>) {
    return schema::fields(field("name", &Change::name, {.min_length = 1}),
                          field("note", &Change::note, {.max_length = 3}));
}

TEST(Change, LeavesWhatIsAbsentAndClearsWhatIsNull) {
    const auto changed = [](std::string_view text) {
        const auto change = from_json<Change>(Json::parse(text).value());
        std::string name = "old";
        std::optional<std::string> note = "was";
        change->name.assign_to(name);
        change->note.assign_to(note);
        return name + " " + note.value_or("-");
    };
    EXPECT_EQ(changed("{}"), "old was");
    EXPECT_EQ(changed(R"({"note":null})"), "old -");
    EXPECT_EQ(changed(R"({"name":"new","note":"is"})"), "new is");
    for (const auto* text : {R"({"name":null})", R"({"name":""})", R"({"note":"long"})", R"({"note":1})"})
        EXPECT_FALSE(from_json<Change>(Json::parse(text).value())) << text;
    EXPECT_EQ(json_schema<Change>().dump(),
              R"({"title":"Change","type":"object","properties":{"name":{"type":"string","minLength":1},)"
              R"("note":{"type":["string","null"],"maxLength":3}}})");
}

} // namespace
} // namespace landfall::schema
