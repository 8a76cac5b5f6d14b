#include "jobs/gate.hpp"

#include <algorithm>

namespace landfall::jobs {

Gate::Gate(int places, int reserve)
    : waiters_(static_cast<std::size_t>(std::max(places, 0)), static_cast<std::size_t>(std::max(reserve, 0))) {}

std::optional<Gate::Pass> Gate::enter(std::string_view owner, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const Lock lock(mutex_);
    if (closed_)
        return std::nullopt;
    Waiter self;
    waiters_.push(owner, &self);
    let_in();
    while (!self.place && !closed_ && self.called.wait_until(mutex_, deadline))
        continue;
    if (self.place)
        return Pass(*this, *self.place);
    waiters_.remove(owner, &self);
    return std::nullopt;
}

/// Calls everybody who may come in now.
void Gate::let_in() {
    while (const auto next = waiters_.pop()) {
        next->entry->place = next->owner;
        next->entry->called.notify_one(); // under the lock: the waiter's frame may end as soon as it is released
    }
}

void Gate::leave(Queue::Place place) {
    const Lock lock(mutex_);
    waiters_.leave(place);
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
