#include "core/mutex.hpp"

namespace landfall {

void Condition::wait(Mutex& mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
}

bool Condition::wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const auto ended = condition_.wait_until(lock, deadline);
    lock.release();
    return ended == std::cv_status::no_timeout;
}

bool sleep_unless_stopped(std::chrono::milliseconds duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped; // the only one that knows stop tokens
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

} // namespace landfall
