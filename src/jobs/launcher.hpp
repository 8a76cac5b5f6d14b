#pragma once
/// What the parts of this module that talk to the launcher share.

#include "core/mutex.hpp"
#include "jobs/sandbox.hpp"
#include "jobs/worker_link.hpp"

#include <atomic>
#include <map>
#include <sys/types.h>
#include <utility>

namespace landfall::jobs {

struct Launcher::Impl {
    Impl(Descriptor end, pid_t id, Confinement barriers) : control(std::move(end)), pid(id), available(barriers) {}

    /// Counts how a task ended.
    void count(std::string_view task, TaskEnd end) {
        not_started += end == TaskEnd::NotStarted ? 1 : 0;
        const Lock lock(mutex);
        ++tallies[{std::string(task), end}];
    }

    Descriptor control; ///< datagrams are whole, so any thread may send
    pid_t pid = -1;
    Confinement available;
    std::atomic<std::uint64_t> not_started = 0;
    mutable Mutex mutex;
    std::map<std::pair<std::string, TaskEnd>, std::uint64_t> tallies GUARDED_BY(mutex);
};

} // namespace landfall::jobs
