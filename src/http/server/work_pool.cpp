#include "http/server/work_pool.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace landfall::http {

// The first thread is started at once: without it, no job would ever run.
WorkPool::WorkPool(int threads, std::size_t queue_limit)
    : thread_limit_(static_cast<std::size_t>(std::max(threads, 1))), queue_limit_(queue_limit) {
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

bool WorkPool::try_submit(std::function<void()> job) {
    {
        const Lock lock(mutex_);
        if (jobs_.size() >= queue_limit_)
            return false;
        add(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void WorkPool::submit(std::function<void()> job) {
    {
        const Lock lock(mutex_);
        add(std::move(job));
    }
    wake_.notify_one();
}

void WorkPool::add(std::function<void()> job) {
    jobs_.push_back(std::move(job));
    if (idle_ >= jobs_.size() || threads_.size() >= thread_limit_)
        return;
    try {
        threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
        // The system gives no more threads now: those that run take the job in turn.
    }
}

void WorkPool::run() {
    while (true) {
        std::function<void()> job;
        {
            const Lock lock(mutex_);
            ++idle_;
            while (!stopping_ && jobs_.empty())
                wake_.wait(mutex_);
            --idle_;
            if (jobs_.empty())
                return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

} // namespace landfall::http
