#pragma once
/// A fair counting semaphore with a timeout: how many of something may run at once.

#include "core/mutex.hpp"

#include <chrono>
#include <deque>
#include <optional>

namespace landfall::jobs {

/// Lets at most `places` holders in at once, in the order of their arrival. Thread-safe; must outlive its passes.
class Gate {
public:
    explicit Gate(int places) : free_(places) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// A place, given back when this goes.
    class Pass {
    public:
        Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (gate_ != nullptr)
                gate_->leave();
        }

    private:
        friend class Gate;
        explicit Pass(Gate& gate) : gate_(&gate) {}
        Gate* gate_;
    };

    /// Waits for a place; nothing if none came free before `timeout`, or the gate is closed.
    std::optional<Pass> enter(std::chrono::milliseconds timeout);
    /// How many wait now, for metrics.
    std::size_t waiting() const;
    /// Sends away those who wait, and all who come later. Who is inside stays.
    void close();

private:
    struct Waiter {
        Condition called;
        bool let_in = false;
    };
    void leave();

    mutable Mutex mutex_;
    int free_ GUARDED_BY(mutex_);
    bool closed_ GUARDED_BY(mutex_) = false;
    std::deque<Waiter*> waiters_ GUARDED_BY(mutex_);
};

} // namespace landfall::jobs
