#include "database/table_rows.hpp"
#include "unit/database/database_engines.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace landfall::database {
namespace {

using namespace test_support;

enum class Mood { Calm, Bright };
constexpr auto enum_names(schema::Of<Mood>) {
    return std::array{std::pair{Mood::Calm, std::string_view("calm")},
                      std::pair{Mood::Bright, std::string_view("bright")}};
}
struct Corner {
    double x = 0;
    double y = 0;
};
struct LampRow {
    ItemId id;
    std::optional<std::string> name;
    std::optional<Corner> corner;
    Mood mood = Mood::Calm;
    std::optional<Mood> former_mood;
    bool is_lit = false;
    Timestamp made_at{};
    std::int64_t version = 1;
};
constexpr auto columns(Of<LampRow>) {
    using R = LampRow;
    using enum Use;
    return table("lamp", column("id", &R::id, Key), beside("room_no", Mutable), column("name", &R::name, Mutable),
                 column("x", &R::corner, &Corner::x, Mutable), column("y", &R::corner, &Corner::y, Mutable),
                 column("mood", &R::mood, Mutable), column("former_mood", &R::former_mood, Mutable),
                 column("is_lit", &R::is_lit, Mutable), column("made_at", &R::made_at),
                 column("version", &R::version, Counted));
}

template<typename E>
class TableRows : public testing::Test {
protected:
    void SetUp() override {
        if (!E::available())
            GTEST_SKIP() << kNoPostgres;
        auto made = engine_.connect();
        ASSERT_TRUE(made) << made.error().cause;
        connection_ = *std::move(made);
        const Status done = connection_->script("CREATE TABLE lamp (id TEXT PRIMARY KEY, room_no BIGINT, name TEXT, "
                                                "x DOUBLE PRECISION, y DOUBLE PRECISION, mood TEXT, former_mood TEXT, "
                                                "is_lit BIGINT, made_at BIGINT, version BIGINT)");
        ASSERT_TRUE(done) << done.error().cause;
        lamp_.id = ItemId::make();
        lamp_.made_at = from_micros(42);
    }
    void put(const LampRow& lamp, std::int64_t room) {
        const auto done = connection_->execute(insert_into<LampRow>, insert_values(lamp, room));
        ASSERT_TRUE(done) << done.error().cause;
    }
    LampRow get() {
        auto found = connection_->first(select_from<LampRow>, read_as<LampRow>);
        EXPECT_TRUE(found && *found) << (found ? "no row" : found.error().cause);
        return found && *found ? **found : LampRow{};
    }
    std::int64_t room() {
        return connection_->first("SELECT room_no FROM lamp", read_as<std::int64_t>).value().value_or(0);
    }

    E engine_;
    std::unique_ptr<Connection> connection_;
    LampRow lamp_;
};
TYPED_TEST_SUITE(TableRows, Engines, EngineName);

TYPED_TEST(TableRows, ComeBackAsTheyWereInserted) {
    LampRow lamp = this->lamp_;
    lamp.name = "reading";
    lamp.corner = Corner{1.5, 2.5};
    lamp.mood = lamp.former_mood.emplace(Mood::Bright);
    lamp.is_lit = true;
    this->put(lamp, 7);
    const LampRow found = this->get();
    EXPECT_EQ(found.id, lamp.id);
    EXPECT_EQ(found.name, "reading");
    ASSERT_TRUE(found.corner);
    EXPECT_EQ(found.corner->x, 1.5);
    EXPECT_EQ(found.corner->y, 2.5);
    EXPECT_EQ(found.mood, Mood::Bright);
    EXPECT_EQ(found.former_mood, Mood::Bright);
    EXPECT_TRUE(found.is_lit);
    EXPECT_EQ(found.made_at, from_micros(42));
    EXPECT_EQ(this->room(), 7);
}

TYPED_TEST(TableRows, AbsentMembersAreNull) {
    this->put(this->lamp_, 1);
    const LampRow found = this->get();
    EXPECT_FALSE(found.name);
    EXPECT_FALSE(found.corner);
    EXPECT_FALSE(found.former_mood);
}

TYPED_TEST(TableRows, AnUpdateWritesWhatMayChangeAndCounts) {
    this->put(this->lamp_, 1);
    LampRow changed = this->lamp_;
    changed.name = "new";
    changed.corner = Corner{3, 4};
    changed.mood = Mood::Bright;
    changed.made_at = from_micros(99);
    changed.version = 77;
    constexpr std::string_view text = sql<update_of<LampRow>, " AND room_no < ", update_mark<LampRow, 1>>;
    EXPECT_EQ(this->connection_->execute(text, update_values(changed, 5, 1)).value_or(-1), 0);
    EXPECT_EQ(this->connection_->execute(text, update_values(changed, 5, 2)).value_or(-1), 1);
    const LampRow found = this->get();
    EXPECT_EQ(found.name, "new");
    ASSERT_TRUE(found.corner);
    EXPECT_EQ(found.corner->y, 4);
    EXPECT_EQ(found.mood, Mood::Bright);
    EXPECT_EQ(found.made_at, from_micros(42));
    EXPECT_EQ(found.version, 2);
    EXPECT_EQ(this->room(), 5);
}

TYPED_TEST(TableRows, ANameThatNobodyKnowsFailsTheReadAndSaysWhere) {
    this->put(this->lamp_, 1);
    ASSERT_TRUE(this->connection_->script("UPDATE lamp SET former_mood = 'furious'"));
    const auto first = this->connection_->first(select_from<LampRow>, read_as<LampRow>);
    const auto all = this->connection_->all(select_from<LampRow>, read_as<LampRow>);
    ASSERT_FALSE(first);
    ASSERT_FALSE(all);
    for (const Error& error : {first.error(), all.error()}) {
        EXPECT_EQ(error.code, Code::Internal);
        EXPECT_THAT(error.cause, testing::AllOf(testing::HasSubstr("lamp.former_mood"), testing::HasSubstr("furious")));
    }
}

TYPED_TEST(TableRows, AnEnumerationIsBoundByItsNameAnywhere) {
    this->put(this->lamp_, 1);
    EXPECT_EQ(this->connection_->run("UPDATE lamp SET name = 'x' WHERE mood = ?1", Mood::Bright).value_or(-1), 0);
    EXPECT_EQ(this->connection_->run("UPDATE lamp SET name = 'x' WHERE mood = ?1", Mood::Calm).value_or(-1), 1);
}

} // namespace
} // namespace landfall::database
