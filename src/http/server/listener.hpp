#pragma once
/// Binds listening sockets: one a thread on the same port, so that the kernel spreads the connections.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::http {

/// Owned listening descriptors, non-blocking and close-on-exec.
class Listeners {
public:
    Listeners() = default;
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;
    Listeners(Listeners&& other) noexcept;
    Listeners& operator=(Listeners&& other) noexcept;

    /// Unavailable if the address is taken or may not be bound; InvalidArgument if it is none. Port 0 takes a free one.
    static Result<Listeners> bind(const std::string& address, std::uint16_t port, int count);

    std::uint16_t port() const { return port_; }
    /// Hands the descriptors over.
    std::vector<int> release();

private:
    std::vector<int> descriptors_;
    std::uint16_t port_ = 0;
};

} // namespace landfall::http
