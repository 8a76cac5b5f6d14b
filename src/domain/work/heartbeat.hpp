#pragma once
/// Keeps a lease alive while slow work goes on.

#include "core/mutex.hpp"

#include <chrono>
#include <functional>
#include <thread>

namespace landfall::domain {

/// Calls `beat` on a thread of its own every so often until this goes.
class Heartbeat {
public:
    Heartbeat(std::chrono::seconds every, std::function<void()> beat);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    /// No beat begins or goes on once this returns. May be called more than once.
    void stop();

private:
    void run();

    const std::chrono::seconds every_;
    const std::function<void()> beat_;
    Mutex mutex_;
    Condition wake_;
    bool done_ GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

} // namespace landfall::domain
