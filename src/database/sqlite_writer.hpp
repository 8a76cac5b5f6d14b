#pragma once
/// The one writer of a SQLite file in this process: a thread that commits many callers' work with one fsync.

#include "core/mutex.hpp"
#include "database/sqlite_connection.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
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
        Mutex mutex;
        Condition finished;
        bool done GUARDED_BY(mutex) = false;
    };

    void loop();
    bool await_work();
    bool has_work() const REQUIRES(mutex_) { return stopping_ || !queue_.empty(); }
    void run_group();
    bool begin();
    Task* next(Clock::time_point deadline);
    void run_one(Task& task);
    void commit();
    void fail_successes(const Error& error);
    void finish_group();
    void checkpoint();

    std::unique_ptr<SqliteConnection> connection_;
    Mutex mutex_;
    Condition queued_;
    std::deque<Task*> queue_ GUARDED_BY(mutex_);
    bool stopping_ GUARDED_BY(mutex_) = false;
    std::vector<Task*> group_;
    std::size_t last_group_ = 0;
    Clock::duration last_commit_{};
    std::thread thread_;
};

} // namespace landfall::database
