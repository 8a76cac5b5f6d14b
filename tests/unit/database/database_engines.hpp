#pragma once
/// The two engines for typed tests: each makes a fresh database and takes it away again.

#include "core/ids.hpp"
#include "database/migrations.hpp"
#include "database/postgres_connection.hpp"
#include "database/sqlite_connection.hpp"
#include "unit/database/sqlite_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace landfall::database::test_support {

constexpr const char* kNoPostgres =
    "LANDFALL_TEST_POSTGRES is not set; give it the URL that `tests/support/postgres.sh start DIR` prints.";

/// A file in a temporary folder.
class SqliteEngine {
public:
    static constexpr Engine kEngine = Engine::Sqlite;
    static bool available() { return true; }
    std::string url() const { return "sqlite:" + folder_.path() + "/catalog.db"; }
    Result<std::unique_ptr<Connection>> connect() const {
        TRY(auto connection, SqliteConnection::open(folder_.path() + "/catalog.db", SqliteConnection::Mode::Create));
        return connection;
    }

private:
    landfall::test::TemporaryFolder folder_;
};

/// A schema of its own in the database that LANDFALL_TEST_POSTGRES names.
class PostgresEngine {
public:
    static constexpr Engine kEngine = Engine::Postgres;
    static bool available() { return std::getenv("LANDFALL_TEST_POSTGRES") != nullptr; }
    PostgresEngine() {
        if (available())
            command("CREATE SCHEMA " + schema_);
    }
    PostgresEngine(const PostgresEngine&) = delete;
    PostgresEngine& operator=(const PostgresEngine&) = delete;
    ~PostgresEngine() {
        if (available())
            command("DROP SCHEMA " + schema_ + " CASCADE");
    }
    std::string url() const {
        const std::string server = std::getenv("LANDFALL_TEST_POSTGRES");
        if (server.find("://") == std::string::npos)
            return server + " options='-c search_path=" + schema_ + ",public'";
        return server + (server.find('?') == std::string::npos ? "?" : "&") + "options=-c%20search_path%3D" + schema_ +
               ",public";
    }
    Result<std::unique_ptr<Connection>> connect() const {
        TRY(auto connection, PostgresConnection::open(url()));
        return connection;
    }

private:
    static void command(const std::string& sql) {
        auto server = PostgresConnection::open(std::getenv("LANDFALL_TEST_POSTGRES"));
        ASSERT_TRUE(server) << server.error().cause;
        const Status done = (*server)->script(sql);
        ASSERT_TRUE(done) << done.error().cause;
    }

    std::string schema_ = "test_" + unique_part();
};

using Engines = testing::Types<SqliteEngine, PostgresEngine>;

/// Names the instantiations of a typed suite.
class EngineName {
public:
    template<typename E>
    static std::string GetName(int) {
        return E::kEngine == Engine::Sqlite ? "Sqlite" : "Postgres";
    }
};

} // namespace landfall::database::test_support
