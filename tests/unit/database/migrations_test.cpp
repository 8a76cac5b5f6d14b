#include "database/migrations.hpp"
#include "unit/database/database_engines.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

namespace landfall::database {
namespace {

using namespace test_support;

Migration same_on_both(int version, std::string_view name, std::string_view sql) {
    return {version, name, sql, sql};
}

const Migration kFirst = same_on_both(1, "0001_first", "CREATE TABLE a (id BIGINT PRIMARY KEY);");
const Migration kSecond = same_on_both(2, "0002_second", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);");
const Migration kBroken = same_on_both(2, "0002_second", "INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (2);");

template<typename E>
class MigrationsTest : public testing::Test {
protected:
    void SetUp() override {
        if (!E::available())
            GTEST_SKIP() << kNoPostgres;
        auto made = engine_.connect();
        ASSERT_TRUE(made) << made.error().cause;
        connection_ = *std::move(made);
    }
    std::int64_t count(std::string_view sql) {
        auto found = connection_->first(sql, [](const Row& row) { return row.integer(0); });
        return found && *found ? **found : -1;
    }

    E engine_;
    std::unique_ptr<Connection> connection_;
};
TYPED_TEST_SUITE(MigrationsTest, Engines, EngineName);

TYPED_TEST(MigrationsTest, MissingOnesAreAppliedOnceAndRecorded) {
    EXPECT_EQ(schema_version(this->engine_.url()).value_or(-1), 0);
    for (int round = 0; round < 2; ++round) {
        const Status done = apply_migrations(*this->connection_, std::array{kFirst, kSecond});
        ASSERT_TRUE(done) << done.error().cause;
    }
    EXPECT_EQ(this->count("SELECT count(*) FROM a"), 2);
    EXPECT_EQ(this->count("SELECT count(*) FROM schema_migration WHERE length(checksum) = 64 AND applied_at > 0"), 2);
    EXPECT_EQ(schema_version(this->engine_.url()).value_or(-1), 2);
}

TYPED_TEST(MigrationsTest, AnOlderSchemaIsCompletedOrRefusedAsAsked) {
    ASSERT_TRUE(apply_migrations(*this->connection_, std::array{kFirst}));
    const Status refused = check_migrations(*this->connection_, std::array{kFirst, kSecond});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("landfall migrate"));
    ASSERT_TRUE(apply_migrations(*this->connection_, std::array{kFirst, kSecond}));
    EXPECT_TRUE(check_migrations(*this->connection_, std::array{kFirst, kSecond}));
}

TYPED_TEST(MigrationsTest, ASchemaNewerThanTheProgramIsAConflict) {
    ASSERT_TRUE(apply_migrations(*this->connection_, std::array{kFirst, kSecond}));
    const std::array known{kFirst};
    const auto opened = open_database({.url = this->engine_.url()}, known);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::Conflict);
    EXPECT_EQ(opened.error().message, "The database has schema version 2, but this program knows versions up to 1 "
                                      "only. Run a newer version of the program.");
}

TYPED_TEST(MigrationsTest, AChangedScriptIsAConflict) {
    ASSERT_TRUE(apply_migrations(*this->connection_, std::array{kFirst}));
    const std::array changed{same_on_both(1, "0001_first", "CREATE TABLE b (id BIGINT PRIMARY KEY);")};
    const Status done = apply_migrations(*this->connection_, changed);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Conflict);
    EXPECT_THAT(done.error().message, testing::HasSubstr("0001_first"));
}

TYPED_TEST(MigrationsTest, ABrokenScriptLeavesTheDatabaseAsItWas) {
    const Status done = apply_migrations(*this->connection_, std::array{kFirst, kBroken});
    ASSERT_FALSE(done);
    EXPECT_EQ(schema_version(this->engine_.url()).value_or(-1), 0);
    EXPECT_TRUE(apply_migrations(*this->connection_, std::array{kFirst, kSecond}));
}

TYPED_TEST(MigrationsTest, WhoMayBeginASchemaMayNotChangeOne) {
    const std::array older{kFirst};
    const std::array newer{kFirst, kSecond};
    const DatabaseOptions begin{.url = this->engine_.url(), .schema = SchemaChange::Begin};
    EXPECT_FALSE(open_database({.url = this->engine_.url(), .schema = SchemaChange::None}, older));
    EXPECT_TRUE(open_database(begin, older));
    const auto refused = open_database(begin, newer);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_EQ(schema_version(this->engine_.url()).value_or(-1), 1);
}

TYPED_TEST(MigrationsTest, SeveralServersMayStartAtOnce) {
    std::atomic<int> failures = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const std::array schema{kFirst, kSecond};
            const auto opened = open_database({.url = this->engine_.url()}, schema);
            failures += !opened;
        });
    threads.clear();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(this->count("SELECT count(*) FROM a"), 2);
}

TYPED_TEST(MigrationsTest, AGapInTheListOrAMissingScriptIsInternal) {
    const Migration third{3, "0003_third", kSecond.sqlite, kSecond.postgres};
    const Status gap = apply_migrations(*this->connection_, std::array{kFirst, third});
    const Status silent = apply_migrations(*this->connection_, std::array{kFirst, same_on_both(2, "0002_none", "")});
    for (const Status& status : {gap, silent}) {
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, Code::Internal);
    }
    EXPECT_EQ(schema_version(this->engine_.url()).value_or(-1), 0);
}

TEST(SqliteMigrations, ATableMayBeRebuiltUnderItsChildren) {
    const std::array schema{
        same_on_both(1, "0001_first",
                     "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id));"
                     "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);"),
        same_on_both(2, "0002_rebuild",
                     "CREATE TABLE p2 (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO p2 (id) SELECT id FROM p;"
                     "DROP TABLE p; ALTER TABLE p2 RENAME TO p;")};
    const SqliteEngine engine;
    const auto connection = engine.connect();
    ASSERT_TRUE(connection);
    const Status done = apply_migrations(**connection, schema);
    EXPECT_TRUE(done) << done.error().cause;
    EXPECT_FALSE((*connection)->run("INSERT INTO c VALUES (2)")) << "foreign keys must be on again";
}

TEST(SqliteMigrations, OneThatOrphansRowsIsRefused) {
    const std::array schema{
        same_on_both(1, "0001_first",
                     "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id));"
                     "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);"),
        same_on_both(2, "0002_orphan", "DELETE FROM p;")};
    const SqliteEngine engine;
    const auto connection = engine.connect();
    ASSERT_TRUE(connection);
    const Status done = apply_migrations(**connection, schema);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Conflict);
    EXPECT_EQ(schema_version(engine.url()).value_or(-1), 0);
}

TEST(SqliteMigrations, TheVersionOfAMissingFileIsNotFoundAndMakesNoFile) {
    const SqliteEngine engine;
    const auto version = schema_version(engine.url());
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().code, Code::NotFound);
    EXPECT_FALSE(std::filesystem::exists(engine.url().substr(7)));
}

} // namespace
} // namespace landfall::database
