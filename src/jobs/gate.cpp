#include "jobs/gate.hpp"

#include <algorithm>

namespace landfall::jobs {

Gate::Gate(int places, int reserve)
    : waiters_(static_cast<std::size_t>(std::max(places, 0)), static_cast<std::size_t>(std::max(reserve, 0))) {}

std::optional<Gate::Pass> Gate::enter(std::string_view owner, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::string name(owner);
    const Lock lock(mutex_);
    if (closed_)
        return std::nullopt;
    Waiter self;
    waiters_.push(name, &self);
    let_in();
    while (!self.let_in && !closed_ && self.called.wait_until(mutex_, deadline))
        continue;
    if (self.let_in)
        return Pass(*this, std::move(name));
    waiters_.remove(name, &self);
    return std::nullopt;
}

/// Calls everybody who may come in now.
void Gate::let_in() {
    while (const auto next = waiters_.pop()) {
        next->second->let_in = true;
        next->second->called.notify_one(); // under the lock: the waiter's frame may end as soon as it is released
    }
}

void Gate::leave(const std::string& owner) {
    const Lock lock(mutex_);
    waiters_.leave(owner);
    let_in();
}

void Gate::close() {
    const Lock lock(mutex_);
    closed_ = true;
    waiters_.each_waiting([](Waiter* waiter) { waiter->called.notify_one(); });
}

std::size_t Gate::waiting() const {
    const Lock lock(mutex_);
    return waiters_.waiting();
}

} // namespace landfall::jobs
