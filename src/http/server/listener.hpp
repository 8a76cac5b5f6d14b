#pragma once
/// Binds listening sockets: one a thread on the same port, so that the kernel spreads the connections.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::http {

/// Owned bound descriptors, non-blocking and close-on-exec.
class Listeners {
public:
    Listeners() = default;
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;
    Listeners(Listeners&& other) noexcept;
    Listeners& operator=(Listeners&& other) noexcept;

    /// Unavailable if the address is taken or may not be bound; InvalidArgument if it is none. Port 0 takes a free one.
    /// Whoever connects is refused until `listen`.
    static Result<Listeners> bind(const std::string& address, std::uint16_t port, int count);
    /// Unavailable if another server began to listen on the address since it was bound.
    Status listen();

    std::uint16_t port() const { return port_; }
    /// Hands the descriptors over.
    std::vector<int> release();

private:
    std::vector<int> descriptors_;
    std::string address_;
    std::uint16_t port_ = 0;
};

} // namespace landfall::http
