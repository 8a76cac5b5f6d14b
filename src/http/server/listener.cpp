#include "http/server/listener.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace landfall::http {
namespace {

constexpr int kBacklog = 4096;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    void set_port(std::uint16_t port) {
        if (storage.ss_family == AF_INET)
            reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port);
        else
            reinterpret_cast<sockaddr_in6&>(storage).sin6_port = htons(port);
    }
    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Result<Address> parse_address(const std::string& text) {
    Address address;
    const std::string literal = text == "localhost" ? "127.0.0.1" : text.empty() || text == "*" ? "::" : text;
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    if (::inet_pton(AF_INET, literal.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        address.size = sizeof v4;
        return address;
    }
    if (::inet_pton(AF_INET6, literal.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        address.size = sizeof v6;
        return address;
    }
    return fail(Code::InvalidArgument, "`" + text + "` is no IP address to listen on; use e.g. 127.0.0.1 or ::.");
}

std::uint16_t bound_port(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    return ntohs(storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(storage).sin_port
                                              : reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
}

enum class Sharing { Exclusive, Shared };

/// A bound descriptor, or -1 with errno.
int bind_one(const Address& address, Sharing sharing) {
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0)
        return -1;
    const int on = 1;
    const int off = 0;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6)
        ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (sharing == Sharing::Shared)
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (::bind(descriptor, address.raw(), address.size) == 0)
        return descriptor;
    const int reason = errno;
    ::close(descriptor);
    errno = reason;
    return -1;
}

tl::unexpected<Error> bind_failure(const std::string& address, std::uint16_t port) {
    const int reason = errno;
    const std::string where = address + ":" + std::to_string(port);
    if (reason == EADDRINUSE)
        return fail(Code::Unavailable, where + " is already in use. Stop the other server or listen on another port.");
    if (reason == EACCES)
        return fail(Code::Unavailable, "This user may not listen on " + where + ". Use a port above 1023.");
    if (reason == EADDRNOTAVAIL)
        return fail(Code::Unavailable, "This machine has no address " + address + " to listen on.");
    return fail(
        Error{Code::Unavailable, "Can't listen on " + where + "."}.because(std::generic_category().message(reason)));
}

} // namespace

Listeners::~Listeners() {
    for (const int descriptor : descriptors_)
        ::close(descriptor);
}

Listeners::Listeners(Listeners&& other) noexcept
    : descriptors_(other.release()), address_(std::move(other.address_)), port_(other.port_) {}

Listeners& Listeners::operator=(Listeners&& other) noexcept {
    std::swap(descriptors_, other.descriptors_);
    std::swap(address_, other.address_);
    std::swap(port_, other.port_);
    return *this;
}

Result<Listeners> Listeners::bind(const std::string& address, std::uint16_t port, int count) {
    TRY(Address where, parse_address(address));
    where.set_port(port);
    // Shared ports would let a second server of the same user bind as well: an exclusive bind finds out first.
    const int probe = bind_one(where, Sharing::Exclusive);
    if (probe < 0)
        return bind_failure(address, port);
    ::close(probe);
    Listeners listeners;
    listeners.address_ = address;
    for (int i = 0; i < count; ++i) {
        const int descriptor = bind_one(where, Sharing::Shared);
        if (descriptor < 0)
            return bind_failure(address, port);
        listeners.descriptors_.push_back(descriptor);
        listeners.port_ = bound_port(descriptor);
        where.set_port(listeners.port_);
    }
    return listeners;
}

Status Listeners::listen() {
    for (const int descriptor : descriptors_)
        if (::listen(descriptor, kBacklog) != 0)
            return bind_failure(address_, port_);
    return {};
}

std::vector<int> Listeners::release() {
    return std::exchange(descriptors_, {});
}

} // namespace landfall::http
