#pragma once
/// Threads that run blocking jobs, started when they are first needed, and shared fairly by those whose jobs they are.

#include "core/fair_queue.hpp"
#include "core/mutex.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace landfall::http {

struct PoolSize {
    int threads = 1;
    int reserve = 0;             ///< more threads, for jobs of owners that have none running
    int niceness = 0;            ///< of what the jobs do, beside those who answer at once
    std::size_t queue_limit = 0; ///< jobs that wait at a time where `try_submit` is used; half of them of one owner
};

/// Neither part may throw.
struct PoolJob {
    std::function<void()> work;
    std::function<void()> report; ///< runs right after `work`, and never at the pool's niceness
};

/// Thread-safe.
class WorkPool {
public:
    explicit WorkPool(PoolSize size);
    /// Runs what is queued, then joins.
    ~WorkPool();
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    /// False if the queue is full, or as full of this owner's jobs as it may be; the job is then dropped.
    bool try_submit(std::string_view owner, PoolJob job);
    /// For jobs whose number is bounded elsewhere: continuations of work that was admitted.
    void submit(std::string_view owner, PoolJob job);

private:
    void run();
    void add(std::string_view owner, PoolJob job) REQUIRES(mutex_);

    const std::size_t thread_limit_;
    const std::size_t queue_limit_;
    const int niceness_;
    Mutex mutex_;
    Condition wake_;
    FairQueue<PoolJob> jobs_ GUARDED_BY(mutex_);
    std::vector<std::thread> threads_ GUARDED_BY(mutex_);
    std::size_t idle_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
};

} // namespace landfall::http
