#pragma once
/// What the parts of this module that talk to the launcher share.

#include "core/mutex.hpp"
#include "jobs/sandbox.hpp"
#include "jobs/worker_link.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace landfall::jobs {

struct Launcher::Impl {
    Impl(Descriptor end, pid_t id, Confinement barriers, std::vector<std::string> replacement)
        : available(barriers), again(std::move(replacement)),
          control(std::make_shared<const Descriptor>(std::move(end))), pid(id) {}

    /// Counts how a task ended.
    void count(std::string_view task, TaskEnd end) {
        not_started += end == TaskEnd::NotStarted ? 1 : 0;
        const Lock lock(mutex);
        ++tallies[{std::string(task), end}];
    }

    /// The server's end of the control socket; datagrams are whole, so any thread may send.
    std::shared_ptr<const Descriptor> order_socket() const {
        const Lock lock(mutex);
        return control;
    }

    const Confinement available;
    const std::vector<std::string> again;
    std::atomic<std::uint64_t> not_started = 0;
    mutable Mutex mutex;
    std::shared_ptr<const Descriptor> control GUARDED_BY(mutex);
    pid_t pid GUARDED_BY(mutex) = -1;
    std::map<std::pair<std::string, TaskEnd>, std::uint64_t> tallies GUARDED_BY(mutex);
};

} // namespace landfall::jobs
