#include "database/migrations.hpp"
#include "database/sqlite_connection.hpp"
#include "unit/database/sqlite_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

namespace landfall::database {
namespace {

constexpr std::array<Migration, 1> kSchema{{{1, "0001_throwaway",
                                             R"(
CREATE TABLE parent (id TEXT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0);
CREATE TABLE child (id TEXT PRIMARY KEY, parent TEXT NOT NULL REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE strict_child (id TEXT PRIMARY KEY, parent TEXT NOT NULL REFERENCES parent (id));
CREATE TABLE entry (n INTEGER PRIMARY KEY AUTOINCREMENT, who BIGINT NOT NULL, step BIGINT NOT NULL);
)",
                                             ""}}};

class SqliteDatabaseTest : public testing::Test {
protected:
    std::unique_ptr<Database> open() {
        auto opened = open_database({.url = "sqlite:" + path_}, kSchema);
        EXPECT_TRUE(opened) << opened.error().message << opened.error().cause;
        return opened ? *std::move(opened) : nullptr;
    }
    static std::int64_t count(const Database& database, std::string_view sql) {
        auto found = database.read_for(
            [&](Session& session) { return session.first(sql, [](const Row& row) { return row.integer(0); }); });
        return found && *found ? **found : -1;
    }

    test::TemporaryFolder folder_;
    std::string path_ = folder_.path() + "/catalog.db";
    std::unique_ptr<Database> database_ = open();
};

Status add_parent(Session& session, const std::string& id) {
    CHECK_OK(session.run("INSERT INTO parent (id) VALUES (?1)", id));
    return {};
}

TEST_F(SqliteDatabaseTest, AWriteIsReadBack) {
    ASSERT_TRUE(database_->write([](Session& session) { return add_parent(session, "a"); }));
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent WHERE id = 'a'"), 1);
}

TEST_F(SqliteDatabaseTest, AFailedWriteLeavesNothing) {
    const Status done = database_->write([](Session& session) -> Status {
        CHECK_OK(add_parent(session, "a"));
        return fail(Code::NotFound, "no");
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::NotFound);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
}

TEST_F(SqliteDatabaseTest, AThrowingWriteLeavesNothingAndThrowsAtItsCaller) {
    EXPECT_THROW((void)database_->write([](Session& session) -> Status {
        CHECK_OK(add_parent(session, "a"));
        throw std::runtime_error("broken");
    }),
                 std::runtime_error);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
    EXPECT_TRUE(database_->write([](Session& session) { return add_parent(session, "a"); }));
}

TEST_F(SqliteDatabaseTest, AThrowingReaderGivesItsConnectionBack) {
    for (int i = 0; i < 10; ++i)
        EXPECT_THROW((void)database_->read([](Session&) -> Status { throw std::runtime_error("broken"); }),
                     std::runtime_error);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
}

TEST_F(SqliteDatabaseTest, AWriteInsideAWriteIsAnErrorNotADeadlock) {
    Status inner;
    const Status outer = database_->write([&](Session&) -> Status {
        inner = database_->write([](Session&) -> Status { return {}; });
        return {};
    });
    EXPECT_TRUE(outer);
    ASSERT_FALSE(inner);
    EXPECT_EQ(inner.error().code, Code::Internal);
}

TEST_F(SqliteDatabaseTest, AReaderCannotWrite) {
    const Status done = database_->read([](Session& session) { return add_parent(session, "a"); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Internal);
}

TEST_F(SqliteDatabaseTest, AReadSeesOneSnapshotWhileOthersCommit) {
    std::vector<std::int64_t> seen;
    ASSERT_TRUE(database_->read([&](Session& session) -> Status {
        for (int i = 0; i < 3; ++i) {
            CHECK_OK(
                session.each("SELECT count(*) FROM parent", [&](const Row& row) { seen.push_back(row.integer(0)); }));
            CHECK_OK(database_->write([&](Session& writer) { return add_parent(writer, std::to_string(i)); }));
        }
        return {};
    }));
    EXPECT_THAT(seen, testing::ElementsAre(0, 0, 0));
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 3);
}

TEST_F(SqliteDatabaseTest, ABrokenDeferredReferenceFailsItsOwnWriteOnly) {
    std::atomic<int> conflicts = 0;
    std::atomic<int> successes = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
        threads.emplace_back([&, i] {
            const Status done = database_->write([&](Session& session) -> Status {
                const std::string id = std::to_string(i);
                if (i % 2 == 0)
                    CHECK_OK(add_parent(session, id));
                CHECK_OK(session.run("INSERT INTO child (id, parent) VALUES (?1, ?1)", id));
                return {};
            });
            if (done)
                ++successes;
            else if (done.error().code == Code::Conflict)
                ++conflicts;
        });
    threads.clear();
    EXPECT_EQ(successes, 8);
    EXPECT_EQ(conflicts, 8);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM child"), 8);
}

TEST_F(SqliteDatabaseTest, SixtyFourCallersAreIsolatedFromEachOthersFailuresAndKeepTheirOrder) {
    constexpr int kThreads = 64;
    constexpr int kSteps = 40;
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> threads;
    for (int who = 0; who < kThreads; ++who)
        threads.emplace_back([&, who] {
            for (int step = 0; step < kSteps; ++step) {
                const bool failing = (who + step) % 3 == 0;
                const Status done = database_->write([&](Session& session) -> Status {
                    CHECK_OK(session.run("INSERT INTO entry (who, step) VALUES (?1, ?2)", who, step));
                    return failing ? Status(fail(Code::Canceled, "no")) : Status{};
                });
                wrong += done.has_value() == failing;
            }
        });
    threads.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM entry WHERE (who + step) % 3 = 0"), 0);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM entry"),
              count(*database_, "WITH RECURSIVE k(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM k WHERE x < 2559) "
                                "SELECT count(*) FROM k WHERE (x / 40 + x % 40) % 3 <> 0"));
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM entry a JOIN entry b ON a.who = b.who AND a.n < b.n "
                                "AND a.step >= b.step"),
              0);
}

TEST_F(SqliteDatabaseTest, AStatementThatRollsBackTheWholeTransactionFailsItsGroupAndNothingAfterIt) {
    const Status done = database_->write([](Session& session) -> Status {
        CHECK_OK(add_parent(session, "a"));
        CHECK_OK(session.run("INSERT OR ROLLBACK INTO parent (id) VALUES ('a')"));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Conflict);
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
    EXPECT_TRUE(database_->write([](Session& session) { return add_parent(session, "a"); }));
}

TEST_F(SqliteDatabaseTest, AFullDiskIsNamedInTheError) {
    const Status done = database_->write([](Session& session) -> Status {
        CHECK_OK(session.query("PRAGMA max_page_count = 1", {}, [](const Row&) {})); // as many as there are
        return add_parent(session, std::string(100'000, 'x'));
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Unavailable);
    EXPECT_THAT(done.error().message, testing::HasSubstr("disk is full"));
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
}

TEST_F(SqliteDatabaseTest, ViolatedConstraintsAreConflictsThatNameThem) {
    ASSERT_TRUE(database_->write([](Session& session) { return add_parent(session, "a"); }));
    const Status twice = database_->write([](Session& session) { return add_parent(session, "a"); });
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, Code::Conflict);
    EXPECT_THAT(twice.error().cause, testing::HasSubstr("parent.id"));
    const Status orphan = database_->write([](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO strict_child (id, parent) VALUES ('x', 'nobody')"));
        return {};
    });
    ASSERT_FALSE(orphan);
    EXPECT_EQ(orphan.error().code, Code::Conflict);
}

TEST_F(SqliteDatabaseTest, TwoDatabasesOnOneFileSeeEachOthersWritesAndNeverLoseOne) {
    const auto other = open();
    constexpr int kEach = 50;
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> threads;
        for (Database* database : {database_.get(), other.get()})
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&failures, database] {
                    for (int i = 0; i < kEach; ++i)
                        failures += !database->write([](Session& session) -> Status {
                            CHECK_OK(session.run("INSERT INTO parent (id) VALUES ('x') ON CONFLICT (id) DO UPDATE "
                                                 "SET n = n + 1"));
                            return {};
                        });
                });
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(count(*database_, "SELECT n FROM parent"), 2 * 4 * kEach - 1);
    EXPECT_EQ(count(*other, "SELECT n FROM parent"), 2 * 4 * kEach - 1);
}

TEST_F(SqliteDatabaseTest, AWatchRunsItsWorkAfterACommitOfAnybodyAndOnlyThen) {
    const auto other = open();
    const auto watch = database_->watch();
    int runs = 0;
    const auto look = [&] {
        return watch->look([&](Session&) -> Status {
            ++runs;
            return {};
        });
    };
    ASSERT_TRUE(look());
    ASSERT_TRUE(look());
    EXPECT_EQ(count(*database_, "SELECT count(*) FROM parent"), 0);
    ASSERT_TRUE(look());
    EXPECT_EQ(runs, 1) << "nothing was committed";
    ASSERT_TRUE(database_->write([](Session& session) { return add_parent(session, "a"); }));
    ASSERT_TRUE(look());
    EXPECT_EQ(runs, 2);
    ASSERT_TRUE(other->write([](Session& session) { return add_parent(session, "b"); }));
    ASSERT_TRUE(look());
    EXPECT_EQ(runs, 3);
}

TEST_F(SqliteDatabaseTest, TheFileIsForItsOwnerOnly) {
    EXPECT_EQ(std::filesystem::status(path_).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SqliteDatabaseTest, QueuedWritesAreCommittedWhenTheDatabaseCloses) {
    std::vector<std::jthread> threads;
    std::atomic<int> acknowledged = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            acknowledged += database_->write([&](Session& s) { return add_parent(s, std::to_string(i)); }).has_value();
        });
    threads.clear();
    database_.reset();
    EXPECT_EQ(count(*open(), "SELECT count(*) FROM parent"), acknowledged);
}

TEST(SqliteOpen, AFolderThatIsMissingIsNamedInTheError) {
    const auto opened = open_database({.url = "sqlite:/nonexistent/x/catalog.db"}, kSchema);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::Unavailable);
    EXPECT_THAT(opened.error().message, testing::HasSubstr("/nonexistent/x/catalog.db"));
}

} // namespace
} // namespace landfall::database
