#include "database/migrations.hpp"
#include "unit/database/sqlite_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace landfall::database {
namespace {

constexpr std::array<Migration, 1> kSchema{
    {{1, "0001_throwaway", "CREATE TABLE entry (who BIGINT, step BIGINT, PRIMARY KEY (who, step))", ""}}};
constexpr int kWriters = 4;
constexpr int kRecordBytes = 16;

struct Record {
    std::int64_t who = 0;
    std::int64_t step = 0;
};
static_assert(sizeof(Record) == kRecordBytes);

Status insert(Session& session, const Record& record) {
    CHECK_OK(session.run("INSERT INTO entry (who, step) VALUES (?1, ?2)", record.who, record.step));
    return {};
}

/// In the child: writes until it is killed; reports each acknowledged write through the pipe.
[[noreturn]] void write_until_killed(const std::string& url, int acknowledged, std::int64_t first_step) {
    auto database = open_database({.url = url}, kSchema);
    if (!database)
        ::_exit(1);
    std::vector<std::jthread> threads;
    for (int who = 0; who < kWriters; ++who)
        threads.emplace_back([&, who] {
            for (std::int64_t step = first_step;; ++step) {
                const Record record{who, step};
                if (!(*database)->write([&](Session& session) { return insert(session, record); }))
                    ::_exit(2);
                if (::write(acknowledged, &record, sizeof(record)) != sizeof(record))
                    ::_exit(3);
            }
        });
    threads.clear();
    ::_exit(4);
}

/// Starts a writer, lets it acknowledge `enough` writes, kills it, and gives all that it acknowledged.
std::vector<Record> killed_writers_records(const std::string& url, std::int64_t first_step, std::size_t enough) {
    int ends[2];
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(url, ends[1], first_step);
    }
    ::close(ends[1]);
    std::vector<Record> records;
    Record record;
    while (::read(ends[0], &record, sizeof(record)) == sizeof(record)) {
        records.push_back(record);
        if (records.size() == enough)
            ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << status;
    return records;
}

TEST(SqliteDurability, EveryAcknowledgedWriteSurvivesKillNine) {
    const test::TemporaryFolder folder;
    const std::string url = "sqlite:" + folder.path() + "/catalog.db";
    for (int round = 0; round < 4; ++round) {
        const auto records = killed_writers_records(url, round * 1'000'000, 150 + 70 * static_cast<std::size_t>(round));
        ASSERT_GE(records.size(), 150U);
        auto database = open_database({.url = url}, kSchema);
        ASSERT_TRUE(database) << database.error().cause;
        std::size_t found = 0;
        ASSERT_TRUE((*database)->read([&](Session& session) -> Status {
            for (const Record& record : records)
                CHECK_OK(session.each(
                    "SELECT 1 FROM entry WHERE who = ?1 AND step = ?2", [&](const Row&) { ++found; }, record.who,
                    record.step));
            return {};
        }));
        EXPECT_EQ(found, records.size());
    }
}

TEST(SqliteDurability, AnotherProcessWritesBesideThisOne) {
    const test::TemporaryFolder folder;
    const std::string url = "sqlite:" + folder.path() + "/catalog.db";
    const pid_t child = ::fork();
    for (const int who : {child == 0 ? 0 : 1}) {
        auto database = open_database({.url = url}, kSchema);
        for (int step = 0; database && step < 200; ++step)
            if (!(*database)->write([&](Session& session) { return insert(session, {who, step}); }))
                database = fail(Code::Internal, "a write failed");
        if (child == 0)
            ::_exit(database ? 0 : 1);
        EXPECT_TRUE(database);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    auto database = open_database({.url = url}, kSchema);
    ASSERT_TRUE(database);
    const auto rows = (*database)->read_for([](Session& session) {
        return session.first("SELECT count(*) FROM entry", [](const Row& row) { return row.integer(0); });
    });
    ASSERT_TRUE(rows);
    EXPECT_EQ(**rows, 400);
}

} // namespace
} // namespace landfall::database
