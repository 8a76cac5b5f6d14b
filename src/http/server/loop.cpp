#include "http/server/loop.hpp"

#include "core/conditions.hpp"
#include "core/network.hpp"
#include "http/server/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace landfall::http {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kAcceptPause{100}; ///< when descriptors ran out
constexpr int kAcceptBurst = 64;
constexpr std::size_t kGivenUpAtOnce = 32;

std::string address_text(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        return text.data();
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    else
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return text.data();
}

asio::ip::tcp family_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
}

/// sendfile has no flag against SIGPIPE; blocked in this thread, a vanished peer is EPIPE.
void block_broken_pipe_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Task<void> serve(std::shared_ptr<Connection> connection) {
    co_await connection->run();
}

} // namespace

Loop::Loop(Service& service, int listener)
    : service_(service), acceptor_(context_.get_executor()), tick_(context_.get_executor()),
      pause_(context_.get_executor()) {
    acceptor_.assign(family_of(listener), listener);
}

void Loop::run() {
    block_broken_pipe_signal();
    asio::co_spawn(context_.get_executor(), accept(), asio::detached);
    asio::co_spawn(context_.get_executor(), watch(), asio::detached);
    while (true) {
        try {
            context_.run();
            return;
        } catch (const std::exception& e) {
            spdlog::error("http: an io thread caught an exception and goes on: {}", e.what());
        }
    }
}

void Loop::drain(SteadyClock::time_point deadline) {
    asio::post(context_.get_executor(), [this, deadline] {
        draining_ = true;
        cut_at_ = deadline;
        ErrorCode ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        for (Connection* connection : connections_)
            connection->drain();
        tick_.cancel();
    });
}

std::string_view Loop::date() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != second_) {
        second_ = now.tv_sec;
        date_ = format_http_date(from_micros(std::int64_t{second_} * 1'000'000));
    }
    return date_;
}

void Loop::leave(Connection& connection) {
    connections_.erase(&connection);
    service_.counters.connections_open.fetch_sub(1, std::memory_order_relaxed);
    if (draining_ && connections_.empty())
        tick_.cancel();
}

Task<void> Loop::watch() {
    ErrorCode ignored;
    while (!draining_ || !connections_.empty()) {
        tick_.expires_after(kTick);
        co_await tick_.async_wait(asio::redirect_error(kAwait, ignored));
        const auto now = SteadyClock::now();
        for (Connection* connection : connections_)
            if (now >= cut_at_)
                connection->cut();
            else
                connection->sweep(now);
    }
}

Task<void> Loop::accept() {
    ErrorCode ec;
    while (!draining_) {
        co_await acceptor_.async_wait(TcpAcceptor::wait_read, asio::redirect_error(kAwait, ec));
        if (draining_ || (!ec && take_connections()))
            continue;
        pause_.expires_after(kAcceptPause);
        co_await pause_.async_wait(asio::redirect_error(kAwait, ec));
    }
}

bool Loop::take_connections() {
    for (int i = 0; i < kAcceptBurst; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int descriptor = ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            admit(descriptor, address_text(address));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return true;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            spdlog::warn("http: no descriptors or memory left for new connections; raise the limit of open files");
            return false;
        }
    }
    return true;
}

void Loop::admit(int descriptor, std::string address) {
    auto& open = service_.counters.connections_open;
    const std::size_t limit = service_.options.limits.max_connections;
    const std::size_t before = open.fetch_add(1, std::memory_order_relaxed);
    if (limit != 0 && before >= limit) {
        const std::string network = network_of(address);
        if (!make_room(network) && (before >= limit + limit / 4 || held_by(network) > limit / 8)) {
            open.fetch_sub(1, std::memory_order_relaxed);
            turn_away(descriptor);
            return;
        }
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    TcpSocket socket(context_.get_executor());
    ErrorCode ec;
    socket.assign(family_of(descriptor), descriptor, ec);
    if (ec) {
        ::close(descriptor);
        open.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    auto connection = std::make_shared<Connection>(*this, service_, std::move(socket), std::move(address));
    asio::co_spawn(context_.get_executor(), serve(std::move(connection)), asio::detached);
}

/// A quarter more than the limit is for those who hold few: whoever holds most may do so on another thread.
std::size_t Loop::held_by(const std::string& network) const {
    return static_cast<std::size_t>(
        std::count_if(connections_.begin(), connections_.end(),
                      [&](const Connection* other) { return other->network() == network; }));
}

/// Has whoever holds most connections give up those that waited longest without a request: a few at once, for looking
/// through all takes time. False if nobody has any to spare, or the newcomer has the most itself.
bool Loop::make_room(const std::string& network) {
    if (room_ == 0) {
        std::unordered_map<std::string_view, std::vector<Connection*>> holders;
        for (Connection* connection : connections_)
            holders[connection->network()].push_back(connection);
        const auto most = std::max_element(holders.begin(), holders.end(), [](const auto& a, const auto& b) {
            return a.second.size() < b.second.size();
        });
        if (most == holders.end() || most->second.size() <= 1 || most->first == network)
            return false;
        std::vector<Connection*>& held = most->second;
        std::erase_if(held, [](Connection* connection) { return !connection->waiting_since(); });
        const std::size_t spared = std::min(kGivenUpAtOnce, held.size());
        std::partial_sort(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(spared), held.end(),
                          [](Connection* a, Connection* b) { return a->waiting_since() < b->waiting_since(); });
        for (std::size_t i = 0; i < spared; ++i)
            held[i]->give_up();
        room_ = spared;
    }
    if (room_ == 0)
        return false;
    --room_;
    return true;
}

void Loop::turn_away(int descriptor) {
    constexpr std::string_view kFull = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
                                       "Connection: close\r\n\r\n";
    service_.counters.connections_refused.fetch_add(1, std::memory_order_relaxed);
    if (!service_.tls.get())
        ::send(descriptor, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(descriptor);
}

} // namespace landfall::http
