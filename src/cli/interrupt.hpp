#pragma once
/// Turns SIGINT and SIGTERM into a stop request.

#include <memory>
#include <stop_token>

namespace landfall::cli {

/// While one exists, the first SIGINT or SIGTERM requests a stop and a second one ends the process as usual. Make it
/// before any thread, so that every thread inherits its signal mask.
class InterruptWatch {
public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    std::stop_token token() const;
    /// The signal that requested the stop; 0: none did.
    int signal() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace landfall::cli
