#pragma once
/// Threads that run blocking jobs from one queue, started when they are first needed.

#include "core/mutex.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace landfall::http {

/// Thread-safe. Jobs must not throw.
class WorkPool {
public:
    /// At most `threads` threads; at most `queue_limit` jobs wait at a time where `try_submit` is used.
    WorkPool(int threads, std::size_t queue_limit);
    /// Runs what is queued, then joins.
    ~WorkPool();
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    /// False if the queue is full; the job is then dropped.
    bool try_submit(std::function<void()> job);
    /// For jobs whose number is bounded elsewhere: continuations of work that was admitted.
    void submit(std::function<void()> job);

private:
    void run();
    void add(std::function<void()> job) REQUIRES(mutex_);

    const std::size_t thread_limit_;
    const std::size_t queue_limit_;
    Mutex mutex_;
    Condition wake_;
    std::deque<std::function<void()>> jobs_ GUARDED_BY(mutex_);
    std::vector<std::thread> threads_ GUARDED_BY(mutex_);
    std::size_t idle_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
};

} // namespace landfall::http
