#include "database/database.hpp"
#include "database/metered_database.hpp"
#include "unit/database/database_engines.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <gmock/gmock.h>
#include <limits>
#include <thread>

namespace landfall::database {
namespace {

using namespace test_support;

constexpr std::string_view kTables = R"(
CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, x DOUBLE PRECISION, s TEXT, CONSTRAINT small_n CHECK (n <= 1000000));
CREATE TABLE part (id TEXT PRIMARY KEY, thing TEXT NOT NULL REFERENCES thing (id));
)";
constexpr std::string_view kSqliteTables = "CREATE TABLE bytes (id TEXT PRIMARY KEY, b BLOB);";
constexpr std::string_view kPostgresTables =
    "CREATE TABLE bytes (id TEXT PRIMARY KEY, b BYTEA); CREATE TABLE document (id TEXT PRIMARY KEY, j JSONB);";

template<typename E>
class DatabaseTest : public testing::Test {
protected:
    void SetUp() override {
        if (!E::available())
            GTEST_SKIP() << kNoPostgres;
        database_ = open();
    }
    std::unique_ptr<Database> open() {
        const std::string sqlite = std::string(kTables) + std::string(kSqliteTables);
        const std::string postgres = std::string(kTables) + std::string(kPostgresTables);
        const std::array<Migration, 1> schema{{{1, "0001_throwaway", sqlite, postgres}}};
        auto opened = open_database({.url = engine_.url()}, schema);
        EXPECT_TRUE(opened) << opened.error().message << opened.error().cause;
        return opened ? *std::move(opened) : nullptr;
    }
    template<typename... Args>
    Status run(std::string_view sql, const Args&... args) {
        return database_->write([&](Session& session) -> Status {
            CHECK_OK(session.run(sql, args...));
            return {};
        });
    }
    /// The first column of the first row as text; "NULL" or "no row".
    template<typename... Args>
    std::string ask(std::string_view sql, const Args&... args) {
        auto answer = database_->read_for([&](Session& session) {
            return session.first(sql, [](const Row& row) { return row.opt_str(0); }, args...);
        });
        if (!answer)
            return "error: " + answer.error().cause;
        return *answer ? (*answer)->value_or("NULL") : "no row";
    }

    E engine_;
    std::unique_ptr<Database> database_;
};
TYPED_TEST_SUITE(DatabaseTest, Engines, EngineName);

TYPED_TEST(DatabaseTest, TextOfAnyScriptComesBackUnchanged) {
    const std::string text = "Zürich \xE2\x82\xAC \xF0\x9F\x9B\xB0 ' \" \\ \n\t $1 ?1 %";
    ASSERT_TRUE(this->run("INSERT INTO thing (id, s) VALUES (?1, ?2)", "a", text));
    EXPECT_EQ(this->ask("SELECT s FROM thing WHERE s = ?1", text), text);
}

TYPED_TEST(DatabaseTest, BytesComeBackUnchanged) {
    std::string bytes;
    for (int i = 0; i < 512; ++i)
        bytes += static_cast<char>(i);
    ASSERT_TRUE(this->run("INSERT INTO bytes (id, b) VALUES ('a', ?1), ('empty', ?2)", Blob{bytes}, Blob{}));
    const auto found = this->database_->read_for([&](Session& session) {
        return session.all("SELECT b FROM bytes ORDER BY id", [](const Row& row) { return row.blob(0); });
    });
    ASSERT_TRUE(found) << found.error().cause;
    EXPECT_THAT(*found, testing::ElementsAre(bytes, ""));
}

TYPED_TEST(DatabaseTest, NumbersComeBackExactly) {
    const std::vector<double> reals{0.1, -1e300, 5e-324, 123456789.123456789};
    for (const double real : reals) {
        ASSERT_TRUE(this->run("INSERT INTO thing (id, n, x) VALUES ('a', ?1, ?2) "
                              "ON CONFLICT (id) DO UPDATE SET n = excluded.n, x = excluded.x",
                              std::numeric_limits<std::int64_t>::min(), real));
        const auto found = this->database_->read_for([&](Session& session) {
            return session.first("SELECT n, x, n, x FROM thing",
                                 [](const Row& row) { return std::pair(row.integer(0), row.real(1)); });
        });
        ASSERT_TRUE(found && *found);
        EXPECT_EQ((*found)->first, std::numeric_limits<std::int64_t>::min());
        EXPECT_EQ((*found)->second, real);
    }
}

TYPED_TEST(DatabaseTest, NullsAreNullAndReadAsZeroValues) {
    ASSERT_TRUE(this->run("INSERT INTO thing (id, n, x, s) VALUES ('a', ?1, ?2, ?3)", std::optional<int>{},
                          std::optional<double>{}, std::optional<std::string>{}));
    bool seen = false;
    ASSERT_TRUE(this->database_->read([&](Session& session) {
        return session.each("SELECT n, x, s FROM thing", [&](const Row& row) {
            seen = row.is_null(0) && row.is_null(1) && row.is_null(2) && !row.opt_integer(0) && !row.opt_real(1) &&
                   !row.opt_str(2) && row.integer(0) == 0 && row.real(1) == 0 && row.text(2).empty();
        });
    }));
    EXPECT_TRUE(seen);
}

TYPED_TEST(DatabaseTest, ConditionsReadAsBooleans) {
    bool seen = false;
    ASSERT_TRUE(this->database_->read([&](Session& session) {
        return session.each("SELECT 1 < 2, 2 < 1, EXISTS (SELECT 1 FROM thing)",
                            [&](const Row& row) { seen = row.boolean(0) && !row.boolean(1) && !row.boolean(2); });
    }));
    EXPECT_TRUE(seen);
}

TYPED_TEST(DatabaseTest, ParametersNeedNoCastsInUsualPlaces) {
    ASSERT_TRUE(this->run("INSERT INTO thing (id, n, x, s) VALUES (?1, ?2, ?3, ?4)", "a", 5, 7, "five"));
    const std::optional<int> no_number;
    const std::optional<std::string> no_text;
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE n = ?1 ORDER BY id LIMIT ?2 OFFSET ?3", 5, 10, 0), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR n = ?1", no_number), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR n = ?1", 5), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR n = ?1", 6), "no row");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR s = ?1", no_text), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR s = ?1", "five"), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 IS NULL OR x = ?1", std::optional<double>{}), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE x > ?1 AND x < ?2", 6, 7.5), "a");
    EXPECT_EQ(this->ask("SELECT COALESCE(?1, s) FROM thing", no_text), "five");
    EXPECT_EQ(this->ask("SELECT ?1", "text"), "text");
    EXPECT_EQ(this->ask("SELECT ?1", no_text), "NULL");
    EXPECT_EQ(this->ask("SELECT CAST(?1 + ?2 AS BIGINT)", 40, 2), "42");
    EXPECT_EQ(this->ask("SELECT substr(s, ?1) FROM thing", 3), "ve");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE (n, id) > (?1, ?2)", 4, "zz"), "a");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE ?1 <> 0", true), "a");
    EXPECT_EQ(this->ask("SELECT CASE WHEN n = ?1 THEN ?2 ELSE ?3 END FROM thing", 5, "yes", "no"), "yes");
    EXPECT_EQ(this->ask("SELECT id FROM thing WHERE s LIKE ?1 || '%'", "fi"), "a");
}

TYPED_TEST(DatabaseTest, AStatementNewToATransactionThatAlreadyWroteMayNeedAnotherTyping) {
    ASSERT_TRUE(this->database_->write([&](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id, n) VALUES ('a', 1)"));
        CHECK_OK(session.run("UPDATE thing SET n = 2 WHERE ?1 IS NULL OR n = ?1", std::optional<int>{}));
        return {};
    }));
    EXPECT_EQ(this->ask("SELECT n FROM thing"), "2");
}

TYPED_TEST(DatabaseTest, AQuestionMarkInALiteralIsNoParameter) {
    EXPECT_EQ(this->ask("SELECT '?1' /* ?2 */ || ?1 -- ?3", "x"), "?1x");
}

TYPED_TEST(DatabaseTest, TheNumberOfChangedRowsIsGiven) {
    std::vector<std::int64_t> changed;
    ASSERT_TRUE(this->database_->write([&](Session& session) -> Status {
        for (const std::string_view sql :
             {"INSERT INTO thing (id, n) VALUES ('a', 1), ('b', 2), ('c', 3)", "UPDATE thing SET n = 0 WHERE n > 1",
              "DELETE FROM thing WHERE id = 'nobody'", "SELECT id FROM thing",
              "INSERT INTO thing (id) VALUES ('a') ON CONFLICT DO NOTHING"}) {
            TRY(const std::int64_t count, session.execute(sql, {}));
            changed.push_back(count);
        }
        return {};
    }));
    EXPECT_THAT(changed, testing::ElementsAre(3, 2, 0, 0, 0));
}

TYPED_TEST(DatabaseTest, ViolatedConstraintsAreConflicts) {
    ASSERT_TRUE(this->run("INSERT INTO thing (id) VALUES ('a')"));
    const Status twice = this->run("INSERT INTO thing (id) VALUES ('a')");
    const Status orphan = this->run("INSERT INTO part (id, thing) VALUES ('p', 'nobody')");
    const Status checked = this->run("INSERT INTO thing (id, n) VALUES ('b', ?1)", 2'000'000);
    for (const Status& status : {twice, orphan, checked}) {
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, Code::Conflict);
        EXPECT_EQ(status.error().message.find("SQL"), std::string::npos);
    }
    EXPECT_THAT(twice.error().cause, testing::HasSubstr("thing"));
    EXPECT_THAT(checked.error().cause, testing::HasSubstr("small_n"));
}

TYPED_TEST(DatabaseTest, AFailedStatementSpoilsTheWholeTransaction) {
    Status later;
    const Status done = this->database_->write([&](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        (void)session.run("INSERT INTO thing (id) VALUES ('a')");
        if (auto run = session.run("INSERT INTO thing (id) VALUES ('b')"); !run)
            later = fail(run.error());
        return {};
    });
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, Code::Internal);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Internal);
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "0");
    EXPECT_TRUE(this->run("INSERT INTO thing (id) VALUES ('c')"));
}

TYPED_TEST(DatabaseTest, AFailureOfTheFirstStatementCannotBeOverlooked) {
    const Status done = this->database_->write([&](Session& session) -> Status {
        (void)session.run("INSERT INTO nowhere (id) VALUES ('a')");
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Internal);
    EXPECT_TRUE(this->run("INSERT INTO thing (id) VALUES ('c')"));
}

TYPED_TEST(DatabaseTest, WhatIsRunLaterIsSeenByTheNextStatementAndKeptByTheCommit) {
    const auto seen = this->database_->write_for([&](Session& session) -> Result<std::int64_t> {
        for (int n = 0; n < 200; ++n)
            CHECK_OK(session.run_later("INSERT INTO thing (id) VALUES (?1)", std::to_string(n)));
        TRY(const auto count,
            session.first("SELECT count(*) FROM thing", [](const Row& row) { return row.integer(0); }));
        CHECK_OK(session.run_later("INSERT INTO thing (id) VALUES ('last')"));
        return count.value_or(0);
    });
    ASSERT_TRUE(seen) << seen.error().cause;
    EXPECT_EQ(*seen, 200);
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "201");
}

TYPED_TEST(DatabaseTest, WhatIsRunLaterAndFailsTakesTheTransactionAlong) {
    for (const bool last : {true, false}) {
        const Status done = this->database_->write([&](Session& session) -> Status {
            CHECK_OK(session.run_later("INSERT INTO thing (id) VALUES ('a')"));
            CHECK_OK(session.run_later("INSERT INTO thing (id) VALUES ('a')"));
            if (!last)
                CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('b')"));
            return {};
        });
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Code::Conflict);
        EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "0");
    }
    EXPECT_TRUE(this->run("INSERT INTO thing (id) VALUES ('a')"));
}

TYPED_TEST(DatabaseTest, WhatIsRunLaterIsGoneWithAFailedTransaction) {
    const Status done = this->database_->write([&](Session& session) -> Status {
        CHECK_OK(session.run_later("INSERT INTO thing (id) VALUES ('a')"));
        return fail(Code::Conflict, "no");
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "no");
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "0");
}

TYPED_TEST(DatabaseTest, FailedAndThrowingWorkLeavesNothing) {
    EXPECT_FALSE(this->database_->write([&](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        return fail(Code::NotFound, "no");
    }));
    EXPECT_THROW((void)this->database_->write([&](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('b')"));
        throw std::runtime_error("broken");
    }),
                 std::runtime_error);
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "0");
}

TYPED_TEST(DatabaseTest, UnusableTextIsAnInvalidArgumentAndSpoilsNothing) {
    ASSERT_TRUE(this->database_->write([&](Session& session) -> Status {
        for (const std::string& text : {std::string("a\0b", 3), std::string("\xFF\xFE")}) {
            const auto done = session.run("INSERT INTO thing (id) VALUES (?1)", text);
            EXPECT_FALSE(done);
            EXPECT_EQ(done.error().code, Code::InvalidArgument);
        }
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        return {};
    }));
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "1");
}

TYPED_TEST(DatabaseTest, FaultyStatementsAreInternalErrors) {
    for (const std::string_view sql : {"SELEC 1", "SELECT 1; SELECT 2", "SELECT * FROM nowhere", "SELECT ?2", ""}) {
        const Status done = this->database_->read(
            [&](Session& session) { return session.query(sql, {Value{std::int64_t{1}}}, [](const Row&) {}); });
        ASSERT_FALSE(done) << sql;
        EXPECT_EQ(done.error().code, Code::Internal) << sql;
    }
}

TYPED_TEST(DatabaseTest, AReadCannotWrite) {
    const Status done = this->database_->read([](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Internal);
}

TYPED_TEST(DatabaseTest, AReadSeesOneSnapshot) {
    std::vector<std::int64_t> seen;
    ASSERT_TRUE(this->database_->read([&](Session& session) -> Status {
        for (int i = 0; i < 3; ++i) {
            CHECK_OK(
                session.each("SELECT count(*) FROM thing", [&](const Row& row) { seen.push_back(row.integer(0)); }));
            CHECK_OK(this->run("INSERT INTO thing (id) VALUES (?1)", std::to_string(i)));
        }
        return {};
    }));
    EXPECT_THAT(seen, testing::ElementsAre(0, 0, 0));
    EXPECT_EQ(this->ask("SELECT count(*) FROM thing"), "3");
}

TYPED_TEST(DatabaseTest, AWriteInsideAWriteIsAnErrorNotADeadlock) {
    Status inner;
    EXPECT_TRUE(this->database_->write([&](Session&) -> Status {
        inner = this->run("INSERT INTO thing (id) VALUES ('a')");
        return {};
    }));
    ASSERT_FALSE(inner);
    EXPECT_EQ(inner.error().code, Code::Internal);
}

TYPED_TEST(DatabaseTest, AStatementMayRunInsideItsOwnVisitor) {
    ASSERT_TRUE(this->run("INSERT INTO thing (id, n) VALUES ('a', 1), ('b', 2)"));
    std::string trace;
    ASSERT_TRUE(this->database_->read([&](Session& session) {
        const std::string_view sql = "SELECT id FROM thing WHERE n >= ?1 ORDER BY id";
        return session.each(
            sql,
            [&](const Row& outer) {
                trace += outer.str(0) + ":";
                EXPECT_TRUE(session.each(sql, [&](const Row& inner) { trace += inner.str(0); }, 2));
                trace += outer.str(0) + " ";
            },
            1);
    }));
    EXPECT_EQ(trace, "a:ba b:bb ");
}

TYPED_TEST(DatabaseTest, ConcurrentIncrementsLoseNothing) {
    ASSERT_TRUE(this->run("INSERT INTO thing (id, n) VALUES ('a', 0)"));
    const auto other = this->open();
    std::atomic<int> failures = 0;
    std::vector<std::jthread> threads;
    for (Database* database : {this->database_.get(), other.get()})
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&failures, database] {
                for (int i = 0; i < 20; ++i)
                    failures += !database->write([](Session& session) -> Status {
                        CHECK_OK(session.run("UPDATE thing SET n = n + 1 WHERE id = 'a'"));
                        return {};
                    });
            });
    threads.clear();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(this->ask("SELECT n FROM thing"), "120");
}

TYPED_TEST(DatabaseTest, AWatchSeesWhatAnybodyCommitted) {
    const auto other = this->open();
    const auto watch = this->database_->watch();
    std::int64_t seen = -1;
    const auto look = [&] {
        return watch->look([&](Session& session) {
            return session.each("SELECT count(*) FROM thing", [&](const Row& row) { seen = row.integer(0); });
        });
    };
    ASSERT_TRUE(look());
    EXPECT_EQ(seen, 0);
    ASSERT_TRUE(this->run("INSERT INTO thing (id) VALUES ('a')"));
    ASSERT_TRUE(look());
    EXPECT_EQ(seen, 1);
    ASSERT_TRUE(other->write([](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('b')"));
        return {};
    }));
    ASSERT_TRUE(look());
    EXPECT_EQ(seen, 2);
}

TYPED_TEST(DatabaseTest, AWatchWhoseWorkFailedLooksAgainThoughNothingWasCommitted) {
    const auto watch = this->database_->watch();
    ASSERT_TRUE(watch->look([](Session&) -> Status { return {}; }));
    ASSERT_TRUE(this->run("INSERT INTO thing (id) VALUES ('a')"));
    EXPECT_FALSE(
        watch->look([](Session& session) { return session.each("SELECT no FROM nothing", [](const Row&) {}); }));
    int runs = 0;
    ASSERT_TRUE(watch->look([&](Session&) -> Status {
        ++runs;
        return {};
    }));
    EXPECT_EQ(runs, 1);
}

TYPED_TEST(DatabaseTest, AMeteredFaceCountsTheStatementsThatPassItOnly) {
    MeteredDatabase journal(*this->database_, "journal");
    MeteredDatabase calls(*this->database_, "calls");
    ASSERT_TRUE(journal.write([](Session& session) -> Status {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('b')"));
        return {};
    }));
    const auto ask = [](Session& session) { return session.each("SELECT 1", [](const Row&) {}); };
    ASSERT_TRUE(journal.read(ask));
    ASSERT_TRUE(journal.watch()->look(ask));
    ASSERT_TRUE(this->database_->read(ask));
    EXPECT_EQ(journal.statements(), 4U);
    EXPECT_EQ(calls.statements(), 0U);
    EXPECT_EQ(journal.asker(), "journal");
}

TYPED_TEST(DatabaseTest, WriteForAndReadForHandTheAnswerOut) {
    const Result<int> written = this->database_->write_for([](Session& session) -> Result<int> {
        CHECK_OK(session.run("INSERT INTO thing (id) VALUES ('a')"));
        return 7;
    });
    ASSERT_TRUE(written);
    EXPECT_EQ(*written, 7);
    const Result<int> refused =
        this->database_->write_for([](Session&) -> Result<int> { return fail(Code::NotFound, "There is none."); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "There is none.");
}

TEST(DatabaseUrl, AnUnknownKindOfAddressIsExplained) {
    const auto opened = open_database({.url = "mysql//x"}, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::InvalidArgument);
    EXPECT_THAT(opened.error().message, testing::HasSubstr("sqlite:/path"));
}

TEST(DatabaseUrl, AServerThatIsAwayIsUnavailable) {
    const auto opened = open_database({.url = "host=/nonexistent dbname=x"}, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::Unavailable);
}

} // namespace
} // namespace landfall::database
