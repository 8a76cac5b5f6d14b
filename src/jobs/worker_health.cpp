#include "jobs/worker_health.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace landfall::jobs {
namespace {

constexpr std::chrono::seconds kPause{3}; ///< between trials

} // namespace

bool WorkerHealth::is_due() const {
    if (!known_)
        return true;
    const bool doubtful = !found_ || launcher_.not_started() != not_started_;
    return doubtful && std::chrono::steady_clock::now() - last_ >= kPause;
}

void WorkerHealth::learn(Status found) {
    if (!found && (!known_ || found_))
        spdlog::error("no file can be read: {} {}", found.error().message, found.error().cause);
    else if (found && known_ && !found_)
        spdlog::info("workers start again");
    found_ = std::move(found);
    known_ = true;
    last_ = std::chrono::steady_clock::now();
    not_started_ = launcher_.not_started();
}

bool WorkerHealth::is_well() const {
    const Lock lock(mutex_);
    return known_ && found_;
}

Status WorkerHealth::now() {
    const Lock lock(mutex_);
    while (trying_ && !known_)
        tried_.wait(mutex_);
    if (trying_ || !is_due())
        return found_;
    trying_ = true;
    Status found;
    {
        const Unlock meanwhile(mutex_);
        found = launcher_.try_worker(scratch_);
    }
    learn(std::move(found));
    trying_ = false;
    tried_.notify_all();
    return found_;
}

} // namespace landfall::jobs
