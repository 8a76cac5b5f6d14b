#include "database/sqlite_connection.hpp"
#include "unit/database/sqlite_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <gmock/gmock.h>

namespace landfall::database {
namespace {

class SqliteConnectionTest : public testing::Test {
protected:
    std::unique_ptr<SqliteConnection> open(SqliteConnection::Mode mode) {
        auto opened = SqliteConnection::open(path_, mode);
        EXPECT_TRUE(opened) << opened.error().cause;
        return opened ? *std::move(opened) : nullptr;
    }
    std::string setting(const std::string& name) {
        auto found = connection_->first("PRAGMA " + name, [](const Row& row) { return row.str(0); });
        return found && *found ? **found : "?";
    }

    test::TemporaryFolder folder_;
    std::string path_ = folder_.path() + "/catalog.db";
    std::unique_ptr<SqliteConnection> connection_ = open(SqliteConnection::Mode::Create);
};

TEST_F(SqliteConnectionTest, EveryCommitIsSyncedAndReferencesAreKept) {
    EXPECT_EQ(setting("journal_mode"), "wal");
    EXPECT_EQ(setting("synchronous"), "2");
    EXPECT_EQ(setting("foreign_keys"), "1");
    EXPECT_EQ(setting("trusted_schema"), "0");
}

TEST_F(SqliteConnectionTest, AFileThatIsNoDatabaseIsCalledThat) {
    const std::string path = folder_.path() + "/garbage.db";
    std::ofstream(path) << std::string(8192, 'x');
    const auto opened = SqliteConnection::open(path, SqliteConnection::Mode::Create);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("no SQLite database"), std::string::npos) << opened.error().message;
}

TEST_F(SqliteConnectionTest, TheStatementCacheIsBounded) {
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(connection_->run("SELECT " + std::to_string(i)));
    EXPECT_LE(connection_->cached_statements(), 128U);
    EXPECT_GE(connection_->cached_statements(), 100U);
}

TEST_F(SqliteConnectionTest, ACachedStatementSurvivesAChangeOfTheSchema) {
    ASSERT_TRUE(connection_->run("CREATE TABLE t (a)"));
    ASSERT_TRUE(connection_->run("INSERT INTO t VALUES (?1)", 1));
    ASSERT_TRUE(connection_->run("CREATE INDEX t_a ON t (a)"));
    EXPECT_TRUE(connection_->run("INSERT INTO t VALUES (?1)", 2));
}

TEST_F(SqliteConnectionTest, AStatementWithoutEndIsStoppedByItsVisitorsException) {
    EXPECT_THROW((void)connection_->query("WITH RECURSIVE k(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k) "
                                          "SELECT x FROM k",
                                          {}, [](const Row&) { throw std::runtime_error("enough"); }),
                 std::runtime_error);
    EXPECT_TRUE(connection_->run("SELECT 1"));
}

TEST_F(SqliteConnectionTest, TheSchemaCannotBeWrittenAround) {
    ASSERT_TRUE(connection_->script("PRAGMA writable_schema = ON"));
    EXPECT_FALSE(connection_->run("DELETE FROM sqlite_schema"));
    EXPECT_FALSE(connection_->script("SELECT \"no such column\""));
}

TEST_F(SqliteConnectionTest, AReaderOfAMissingFileIsNotFound) {
    const auto opened = SqliteConnection::open(folder_.path() + "/other.db", SqliteConnection::Mode::ReadOnly);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::NotFound);
}

TEST_F(SqliteConnectionTest, ACheckpointEmptiesTheLogIntoTheFile) {
    ASSERT_TRUE(connection_->run("CREATE TABLE t (a)"));
    EXPECT_GT(connection_->log_pages(), 0);
    const auto before = std::filesystem::file_size(path_);
    connection_->checkpoint(SqliteConnection::Checkpoint::Passive);
    EXPECT_EQ(connection_->log_pages(), 0);
    EXPECT_GT(std::filesystem::file_size(path_), before);
}

TEST_F(SqliteConnectionTest, BrokenReferencesAreKnownBeforeTheCommit) {
    ASSERT_TRUE(connection_->script("CREATE TABLE p (id INTEGER PRIMARY KEY);"
                                    "CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);"
                                    "BEGIN; INSERT INTO c VALUES (1)"));
    EXPECT_TRUE(connection_->has_broken_references());
    ASSERT_TRUE(connection_->script("INSERT INTO p VALUES (1)"));
    EXPECT_FALSE(connection_->has_broken_references());
}

} // namespace
} // namespace landfall::database
