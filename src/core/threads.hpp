#pragma once
/// How many threads there can be, and threads where there may be no more.

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace landfall {

/// The processors that this process may use; 1 if the system does not tell.
inline int cores() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

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
