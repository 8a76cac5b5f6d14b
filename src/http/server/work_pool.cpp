#include "http/server/work_pool.hpp"

#include "core/threads.hpp"
#include "http/server/nice_thread.hpp"

#include <algorithm>
#include <utility>

namespace landfall::http {

// The first thread is started at once: without it, no job would ever run.
WorkPool::WorkPool(PoolSize size)
    : thread_limit_(static_cast<std::size_t>(std::max(size.threads, 1) + std::max(size.reserve, 0))),
      queue_limit_(size.queue_limit), niceness_(size.niceness),
      jobs_(static_cast<std::size_t>(std::max(size.threads, 1)), static_cast<std::size_t>(std::max(size.reserve, 0))) {
    threads_.emplace_back([this] { run(); });
}

WorkPool::~WorkPool() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

bool WorkPool::try_submit(std::string_view owner, PoolJob job) {
    {
        const Lock lock(mutex_);
        if (jobs_.waiting() >= queue_limit_ || jobs_.waiting(owner) >= std::max<std::size_t>(1, queue_limit_ / 2))
            return false;
        add(owner, std::move(job));
    }
    wake_.notify_one();
    return true;
}

void WorkPool::submit(std::string_view owner, PoolJob job) {
    {
        const Lock lock(mutex_);
        add(owner, std::move(job));
    }
    wake_.notify_one();
}

void WorkPool::add(std::string_view owner, PoolJob job) {
    jobs_.push(owner, std::move(job));
    if (idle_ >= jobs_.waiting() || threads_.size() >= thread_limit_)
        return;
    // Where the system gives no more threads now, those that run take the job in turn.
    if (std::thread more = try_thread([this] { run(); }); more.joinable())
        threads_.push_back(std::move(more));
}

/// Whoever ends a job looks for the next itself, so a place that came free is never overlooked.
void WorkPool::run() {
    NiceThread nice(niceness_);
    const Lock lock(mutex_);
    while (true) {
        auto next = jobs_.pop();
        if (!next && stopping_ && jobs_.waiting() == 0)
            return;
        if (!next) {
            ++idle_;
            wake_.wait(mutex_);
            --idle_;
            continue;
        }
        {
            const Unlock meanwhile(mutex_);
            nice.run(std::move(next->entry.work));
            next->entry.report();
            next->entry.report = nullptr; // what it holds goes before its owner's place comes free
        }
        jobs_.leave(next->owner);
        if (stopping_) // others may wait for a place that is free now, or for the end
            wake_.notify_all();
    }
}

} // namespace landfall::http
