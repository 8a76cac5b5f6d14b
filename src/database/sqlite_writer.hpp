#pragma once
/// The one writer of a SQLite file in this process: a thread that commits many callers' work with one fsync.

#include "database/sqlite_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace landfall::database {

/// Group commit. Callers queue; the thread begins a transaction, runs each caller's work inside a savepoint, commits
/// and only then lets all of them return. Work that fails or throws takes back nothing but its own changes.
/// Thread-safe.
class SqliteWriter {
public:
    explicit SqliteWriter(std::unique_ptr<SqliteConnection> connection);
    /// Commits what is queued, then ends the thread.
    ~SqliteWriter();
    SqliteWriter(const SqliteWriter&) = delete;
    SqliteWriter& operator=(const SqliteWriter&) = delete;

    /// Returns after `work` and the fsync of its group. Unavailable when the queue is full, the file stays locked or
    /// the commit fails; Internal when called from inside `work`. What `work` throws is thrown here.
    Status run(const std::function<Status(Session&)>& work);

private:
    using Clock = std::chrono::steady_clock;

    struct Task {
        const std::function<Status(Session&)>* work = nullptr;
        Status outcome;
        std::exception_ptr thrown;
        std::mutex mutex;
        std::condition_variable finished;
        bool done = false;
    };

    void loop();
    bool await_work();
    void run_group();
    bool begin();
    Task* next(Clock::time_point deadline);
    void run_one(Task& task);
    void commit();
    void fail_successes(const Error& error);
    void finish_group();
    void checkpoint();

    std::unique_ptr<SqliteConnection> connection_;
    std::mutex mutex_;
    std::condition_variable queued_;
    std::deque<Task*> queue_; // guarded by mutex_
    bool stopping_ = false;   // guarded by mutex_
    std::vector<Task*> group_;
    std::size_t last_group_ = 0;
    Clock::duration last_commit_{};
    std::thread thread_;
};

} // namespace landfall::database
