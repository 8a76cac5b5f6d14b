#include "database/postgres_connection.hpp"
#include "database/turn.hpp"
#include "unit/database/database_engines.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <gmock/gmock.h>
#include <mutex>
#include <set>
#include <thread>

namespace landfall::database {
namespace {

using namespace test_support;

constexpr std::array<Migration, 1> kSchema{{{1, "0001_throwaway", "",
                                             "CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, j JSONB, "
                                             "other TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);"
                                             "INSERT INTO thing (id, n) VALUES ('a', 0), ('b', 0);"}}};

class PostgresDatabaseTest : public testing::Test {
protected:
    void SetUp() override {
        if (!PostgresEngine::available())
            GTEST_SKIP() << kNoPostgres;
        auto opened = open_database({.url = engine_.url()}, kSchema);
        ASSERT_TRUE(opened) << opened.error().cause;
        database_ = *std::move(opened);
    }
    std::int64_t ask(std::string_view sql) {
        const auto found = database_->read_for(
            [&](Session& session) { return session.first(sql, [](const Row& row) { return row.integer(0); }); });
        return found && *found ? **found : -1;
    }
    /// Ends the server process of a session, as a restart of the server would.
    static Status cut_off(const std::string& url, std::int64_t process) {
        TRY(const auto killer, PostgresConnection::open(url));
        return killer->each("SELECT pg_terminate_backend(CAST(?1 AS INTEGER), 5000)", [](const Row&) {}, process);
    }
    static Result<std::int64_t> process_of(Session& session) {
        TRY(const auto process,
            session.first("SELECT pg_backend_pid()", [](const Row& row) { return row.integer(0); }));
        return process.value_or(0);
    }

    PostgresEngine engine_;
    std::unique_ptr<Database> database_;
};

TEST_F(PostgresDatabaseTest, AConnectionThatDiedInThePoolIsReplaced) {
    for (int round = 0; round < 3; ++round) {
        const auto process = database_->read_for([](Session& session) { return process_of(session); });
        ASSERT_TRUE(process);
        ASSERT_TRUE(cut_off(engine_.url(), *process));
        EXPECT_EQ(ask("SELECT count(*) FROM thing"), 2);
    }
}

TEST_F(PostgresDatabaseTest, WorkThatLosesTheServerBeforeItsCommitRunsAgainOnce) {
    int runs = 0;
    const Status done = database_->write([&](Session& session) -> Status {
        TRY(const auto process, process_of(session));
        CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = 'a'"));
        if (++runs == 1)
            CHECK_OK(cut_off(engine_.url(), process));
        CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = 'b'"));
        return {};
    });
    EXPECT_TRUE(done) << done.error().cause;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(ask("SELECT sum(n) FROM thing"), 2);
}

TEST_F(PostgresDatabaseTest, ALostCommitIsUnavailableAndNotRepeated) {
    int runs = 0;
    const Status done = database_->write([&](Session& session) -> Status {
        ++runs;
        TRY(const auto process, process_of(session));
        CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = 'a'"));
        return cut_off(engine_.url(), process);
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Unavailable);
    EXPECT_THAT(done.error().cause, testing::HasSubstr("unknown"));
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(ask("SELECT sum(n) FROM thing"), 0);
}

TEST_F(PostgresDatabaseTest, DeadlocksAreResolvedByRunningTheWorkAgain) {
    std::barrier both(2);
    std::atomic<int> runs = 0;
    const auto update = [&](const std::string& first, const std::string& second) {
        bool waited = false;
        return database_->write([&, waited](Session& session) mutable -> Status {
            ++runs;
            CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = ?1", first));
            if (!std::exchange(waited, true) && runs <= 2)
                both.arrive_and_wait();
            CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = ?1", second));
            return {};
        });
    };
    Status one;
    Status two;
    {
        const std::jthread a([&] { one = update("a", "b"); });
        const std::jthread b([&] { two = update("b", "a"); });
    }
    EXPECT_TRUE(one) << one.error().cause;
    EXPECT_TRUE(two) << two.error().cause;
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(ask("SELECT sum(n) FROM thing"), 4);
}

TEST_F(PostgresDatabaseTest, AConstraintThatFailsAtTheCommitIsAConflict) {
    const Status done = database_->write([](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id, other) VALUES ('c', 'nobody')"));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Conflict);
    EXPECT_THAT(done.error().cause, testing::HasSubstr("thing_other_fkey"));
}

TEST_F(PostgresDatabaseTest, WhoTakesATurnSeesWhatItsEarlierHolderMade) {
    const auto count_and_add = [](Session& session) -> Result<std::int64_t> {
        CHECK_OK(take_turn(session, "counting"));
        TRY(const auto count,
            session.first("SELECT count(*) FROM thing", [](const Row& row) { return row.integer(0); }));
        CHECK_OK(session.each("SELECT pg_sleep(0.02)", [](const Row&) {}));
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES (?1)", "counted " + std::to_string(*count)));
        return *count;
    };
    std::set<std::int64_t> counts;
    std::mutex mutex;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto count = database_->write_for(count_and_add);
            const std::lock_guard lock(mutex);
            counts.insert(count.value_or(-1));
        });
    threads.clear();
    EXPECT_THAT(counts, testing::ElementsAre(2, 3, 4, 5));
}

TEST_F(PostgresDatabaseTest, TextGoesIntoJsonbAndComesBack) {
    ASSERT_TRUE(database_->write([](Session& session) -> Status {
        CHECK_OK(session.run("UPDATE thing SET j = ?1 WHERE id = ?2", R"({"k": [1, 2]})", "a"));
        return {};
    }));
    EXPECT_EQ(ask("SELECT count(*) FROM thing WHERE j ? 'k'"), 1);
}

TEST_F(PostgresDatabaseTest, EmptyWorkNeedsNoServer) {
    EXPECT_TRUE(database_->write([](Session&) -> Status { return {}; }));
    EXPECT_TRUE(database_->read([](Session&) -> Status { return {}; }));
    EXPECT_EQ(ask("SELECT count(*) FROM thing"), 2);
}

TEST_F(PostgresDatabaseTest, TheStatementCacheIsBoundedOnBothSides) {
    auto opened = PostgresConnection::open(engine_.url());
    ASSERT_TRUE(opened);
    PostgresConnection& connection = **opened;
    std::int64_t on_server = 0;
    for (int i = 0; i < 700; ++i) {
        connection.begin(PostgresConnection::Transaction::Snapshot);
        ASSERT_TRUE(connection.run("SELECT " + std::to_string(i)));
        connection.end_snapshot();
    }
    connection.begin(PostgresConnection::Transaction::Snapshot);
    ASSERT_TRUE(connection.each("SELECT count(*) FROM pg_prepared_statements",
                                [&](const Row& row) { on_server = row.integer(0); }));
    connection.rollback();
    EXPECT_LE(connection.cached_statements(), 256U);
    EXPECT_LE(on_server, 258);
    EXPECT_GE(on_server, 200);
}

TEST_F(PostgresDatabaseTest, AStatementThatTakesTooLongIsStopped) {
    const Status done = database_->read([](Session& session) -> Status {
        CHECK_OK(session.run("SET LOCAL statement_timeout = 20"));
        return session.each("SELECT pg_sleep(60)", [](const Row&) {});
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::DeadlineExceeded);
}

} // namespace
} // namespace landfall::database
