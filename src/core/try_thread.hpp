#pragma once
/// Threads where there may be no more.

#include <system_error>
#include <thread>
#include <utility>

namespace landfall {

/// A thread that runs `body`, or one that is not joinable where the system gives no more threads now.
template<typename Body>
std::thread try_thread(Body&& body) {
    try {
        return std::thread(std::forward<Body>(body));
    } catch (const std::system_error&) {
        return {};
    }
}

} // namespace landfall
