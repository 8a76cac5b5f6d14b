#include "database/postgres_database.hpp"

#include "core/mutex.hpp"
#include "database/connection_pool.hpp"
#include "database/postgres_connection.hpp"

#include <chrono>
#include <random>
#include <set>
#include <thread>

namespace landfall::database {
namespace {

using Pool = ConnectionPool<PostgresConnection>;
using Work = std::function<Status(Session&)>;

constexpr int kTries = 10;
constexpr int kTriesAfterLoss = 2;
constexpr int kLongestPauseMs = 200;

/// A borrowed connection in a transaction: rolled back unless finished, then returned, or dropped when it is lost.
class Borrowed {
public:
    Borrowed(Pool& pool, std::unique_ptr<PostgresConnection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
        if (!finished_)
            connection_->rollback();
        if (connection_->lost())
            connection_.reset();
        pool_.give_back(std::move(connection_));
    }
    PostgresConnection& operator*() { return *connection_; }
    PostgresConnection* operator->() { return connection_.get(); }
    void finished() { finished_ = true; }

private:
    Pool& pool_;
    std::unique_ptr<PostgresConnection> connection_;
    bool finished_ = false;
};

struct Attempt {
    Status status;
    bool conflicted = false; ///< lost against another transaction
    bool cut_off = false;    ///< lost the server before COMMIT
};

void pause_before(int attempt) {
    thread_local std::minstd_rand random(std::random_device{}());
    std::uniform_int_distribution<int> millis(1, std::min(2 << attempt, kLongestPauseMs));
    std::this_thread::sleep_for(std::chrono::milliseconds(millis(random)));
}

/// Knows which threads are inside a write, because a write inside a write could wait for itself. Thread-safe.
class Writing {
public:
    bool enter() {
        const Lock lock(mutex_);
        return threads_.insert(std::this_thread::get_id()).second;
    }
    void leave() {
        const Lock lock(mutex_);
        threads_.erase(std::this_thread::get_id());
    }

private:
    Mutex mutex_;
    std::set<std::thread::id> threads_ GUARDED_BY(mutex_);
};

class PostgresWatch final : public Watch {
public:
    explicit PostgresWatch(std::string conninfo) : conninfo_(std::move(conninfo)) {}

    Status look(const Work& work) override {
        if (!connection_) {
            TRY(connection_, PostgresConnection::open(conninfo_));
        }
        auto connection = std::exchange(connection_, nullptr); // dropped by whatever goes wrong
        if (!connection->usable())
            return fail(unavailable("the connection broke while nobody used it"));
        connection->begin(PostgresConnection::Transaction::Snapshot);
        CHECK_OK(work(*connection));
        connection->end_snapshot();
        if (connection->lost())
            return fail(unavailable("the connection broke"));
        connection_ = std::move(connection);
        return {};
    }

private:
    std::string conninfo_;
    std::unique_ptr<PostgresConnection> connection_;
};

class PostgresDatabase final : public Database {
public:
    PostgresDatabase(const std::string& conninfo, int connections)
        : conninfo_(conninfo),
          readers_([conninfo] { return PostgresConnection::open(conninfo); }, std::max(connections, 2)),
          writers_([conninfo] { return PostgresConnection::open(conninfo); }, std::max(connections, 2)) {}

    Engine engine() const override { return Engine::Postgres; }

    Status write(const Work& work) override {
        if (!writing_.enter())
            return fail_internal("a write was started inside a write; use the session at hand");
        struct Leave {
            Writing& writing;
            ~Leave() { writing.leave(); }
        } const leave{writing_};
        return repeat(PostgresConnection::Transaction::Write, work);
    }

    Status read(const Work& work) const override { return repeat(PostgresConnection::Transaction::Snapshot, work); }

    std::unique_ptr<Watch> watch() const override { return std::make_unique<PostgresWatch>(conninfo_); }

private:
    static Result<std::unique_ptr<PostgresConnection>> borrow(Pool& pool) {
        TRY(auto connection, pool.borrow());
        while (!connection->usable()) {
            connection.reset();
            pool.give_back(nullptr);
            TRY(connection, pool.borrow());
        }
        return connection;
    }

    Attempt try_once(PostgresConnection::Transaction kind, const Work& work) const {
        Pool& pool = kind == PostgresConnection::Transaction::Snapshot ? readers_ : writers_;
        auto connection = borrow(pool);
        if (!connection)
            return {fail(std::move(connection).error())};
        Borrowed borrowed(pool, *std::move(connection));
        borrowed->begin(kind);
        Attempt attempt{work(*borrowed)};
        attempt.cut_off = borrowed->lost();
        if (attempt.status && !attempt.cut_off) {
            borrowed.finished();
            if (kind == PostgresConnection::Transaction::Snapshot)
                borrowed->end_snapshot();
            else
                attempt.status = borrowed->commit();
        } else if (attempt.status) {
            attempt.status = fail(unavailable("the connection broke before COMMIT"));
        }
        attempt.conflicted = !attempt.status && borrowed->retryable();
        return attempt;
    }

    Status repeat(PostgresConnection::Transaction kind, const Work& work) const {
        for (int tries = 1;; ++tries) {
            Attempt attempt = try_once(kind, work);
            const bool again = (attempt.conflicted && tries < kTries) || (attempt.cut_off && tries < kTriesAfterLoss);
            if (!again)
                return std::move(attempt.status);
            pause_before(tries);
        }
    }

    std::string conninfo_;
    mutable Pool readers_; // of their own, so that no crowd of writers keeps a read waiting
    mutable Pool writers_;
    Writing writing_;
};

} // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& conninfo, int connections) {
    return std::make_unique<PostgresDatabase>(conninfo, connections);
}

} // namespace landfall::database
