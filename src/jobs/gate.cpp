#include "jobs/gate.hpp"

#include <algorithm>

namespace landfall::jobs {

std::optional<Gate::Pass> Gate::enter(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const Lock lock(mutex_);
    if (closed_)
        return std::nullopt;
    if (free_ > 0 && waiters_.empty()) {
        --free_;
        return Pass(*this);
    }
    Waiter self;
    waiters_.push_back(&self);
    while (!self.let_in && !closed_ && self.called.wait_until(mutex_, deadline))
        continue;
    if (self.let_in)
        return Pass(*this);
    std::erase(waiters_, &self);
    return std::nullopt;
}

void Gate::leave() {
    const Lock lock(mutex_);
    if (waiters_.empty()) {
        ++free_;
        return;
    }
    Waiter* next = waiters_.front();
    waiters_.pop_front();
    next->let_in = true;
    next->called.notify_one(); // under the lock: the waiter's frame may end as soon as it is released
}

void Gate::close() {
    const Lock lock(mutex_);
    closed_ = true;
    for (Waiter* waiter : waiters_)
        waiter->called.notify_one();
}

std::size_t Gate::waiting() const {
    const Lock lock(mutex_);
    return waiters_.size();
}

} // namespace landfall::jobs
