#include "database/table_sql.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace landfall::database {
namespace {

struct Corner {
    double x = 0;
    double y = 0;
};
struct LampRow {
    std::string id;
    std::string owner;
    std::string name;
    std::optional<Corner> corner;
    std::int64_t version = 1;
    std::int64_t made = 0;
    std::int64_t bulbs = 0;
};
constexpr auto columns(Of<LampRow>) {
    using R = LampRow;
    using enum Use;
    return table("lamp", generated("no"), column("id", &R::id, Key), beside("room_no", Mutable),
                 column("owner", &R::owner, Key), column("name", &R::name, Mutable), given("slot", "1 + 1"),
                 column("x", &R::corner, &Corner::x, Mutable), column("y", &R::corner, &Corner::y, Mutable),
                 column("version", &R::version, Counted), column("made", &R::made), joined("b.bulbs", &R::bulbs));
}
struct LampName {
    std::string id;
    std::string name;
};
constexpr auto columns(Of<LampName>) {
    return excerpt("lamp", column("id", &LampName::id, Use::Key), column("name", &LampName::name, Use::Mutable));
}

TEST(TableSql, SelectsWhatTheRowHoldsAndNothingElse) {
    EXPECT_EQ(select_from<LampRow>.view(), "SELECT id, owner, name, x, y, version, made, b.bulbs FROM lamp");
    EXPECT_EQ(select_from<LampName>.view(), "SELECT id, name FROM lamp");
}

TEST(TableSql, AnAliasStandsBeforeTheTablesOwnColumnsOnly) {
    EXPECT_EQ((select_from<LampRow, "l">.view()),
              "SELECT l.id, l.owner, l.name, l.x, l.y, l.version, l.made, b.bulbs FROM lamp l");
    EXPECT_EQ((names_of<LampName, "l">.view()), "l.id, l.name");
}

TEST(TableSql, InsertsTheRowThenWhatStandsBesideItThenWhatIsGiven) {
    EXPECT_EQ(insert_into<LampRow>.view(), "INSERT INTO lamp (id, owner, name, x, y, version, made, room_no, slot) "
                                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1 + 1)");
}

TEST(TableSql, UpdatesWhatMayChangeWhereTheKeysAre) {
    EXPECT_EQ(update_of<LampRow>.view(), "UPDATE lamp SET name = ?3, x = ?4, y = ?5, version = version + 1, "
                                         "room_no = ?6 WHERE id = ?1 AND owner = ?2");
    EXPECT_EQ((sql<update_of<LampName>, " AND name <> ", update_mark<LampName, 1>>),
              "UPDATE lamp SET name = ?2 WHERE id = ?1 AND name <> ?3");
}

TEST(TableSql, MarksHaveAsManyDigitsAsTheyNeed) {
    EXPECT_EQ((update_mark<LampName, 8>.view()), "?10");
    EXPECT_EQ((update_mark<LampName, 121>.view()), "?123");
}

} // namespace
} // namespace landfall::database
