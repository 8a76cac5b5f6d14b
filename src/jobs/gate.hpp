#pragma once
/// A counting semaphore with a timeout, shared fairly: how many of something may run at once.

#include "core/fair_queue.hpp"
#include "core/mutex.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::jobs {

/// Lets at most `places` holders in at once; owners take turns, those of one come in the order of their arrival. Who
/// has nobody inside gets one of the `reserve`. Thread-safe; must outlive its passes.
class Gate {
    struct Waiter;
    using Queue = FairQueue<Waiter*>;

public:
    explicit Gate(int places, int reserve = 0);
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// A place, given back when this goes.
    class Pass {
    public:
        Pass(Pass&& other) noexcept : gate_(other.gate_), place_(other.place_) { other.gate_ = nullptr; }
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (gate_ != nullptr)
                gate_->leave(place_);
        }

    private:
        friend class Gate;
        Pass(Gate& gate, Queue::Place place) : gate_(&gate), place_(place) {}
        Gate* gate_;
        Queue::Place place_;
    };

    /// Waits for a place; nothing if none came free before `timeout`, or the gate is closed.
    std::optional<Pass> enter(std::string_view owner, std::chrono::milliseconds timeout);
    /// How many wait now, for metrics.
    std::size_t waiting() const;
    /// Sends away those who wait, and all who come later. Who is inside stays.
    void close();

private:
    struct Waiter {
        Condition called;
        std::optional<Queue::Place> place; ///< once it is let in
    };
    void leave(Queue::Place place);
    void let_in() REQUIRES(mutex_);

    mutable Mutex mutex_;
    Queue waiters_ GUARDED_BY(mutex_);
    bool closed_ GUARDED_BY(mutex_) = false;
};

} // namespace landfall::jobs
