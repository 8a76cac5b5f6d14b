#include "http/server/transport.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace landfall::http {
namespace {

constexpr std::size_t kEncryptBytes = 256 * 1024;   ///< handed to TLS at once
constexpr std::size_t kGatherBytes = 16 * 1024;     ///< joined into one TLS record
constexpr std::chrono::milliseconds kFarewell{500}; ///< for the TLS close alert

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

} // namespace

Transport::Transport(TcpSocket socket, std::shared_ptr<asio::ssl::context> tls)
    : socket_(std::move(socket)), tls_context_(std::move(tls)) {
    if (tls_context_)
        tls_.emplace(socket_, *tls_context_);
}

void Transport::expire_after(std::chrono::milliseconds after) {
    expired_ = false;
    deadline_ = after.count() > 0 ? SteadyClock::now() + after : SteadyClock::time_point::max();
}

void Transport::hold_to(std::optional<RateFloor> floor) {
    floor_ = floor;
    sent_ = 0;
    below_floor_ = false;
    paused_at_.reset();
}

void Transport::pause_floor() {
    paused_at_ = SteadyClock::now();
}

void Transport::resume_floor() {
    if (floor_ && paused_at_)
        floor_->pause(SteadyClock::now() - *paused_at_);
    paused_at_.reset();
}

void Transport::sweep(SteadyClock::time_point now) {
    if (floor_ && !paused_at_ && !floor_->moved(std::exchange(sent_, 0), now))
        below_floor_ = true;
    if (now < deadline_ && !below_floor_)
        return;
    expired_ = true; // interrupts again on each sweep, so an operation that starts late is caught as well
    interrupt();
}

Task<bool> Transport::handshake() {
    ErrorCode ec;
    if (tls_)
        co_await tls_->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(kAwait, ec));
    co_return !ec;
}

Task<std::size_t> Transport::read_some(void* data, std::size_t size) {
    ErrorCode ec;
    const asio::mutable_buffer buffer(data, size);
    std::size_t count = 0;
    if (tls_)
        count = co_await tls_->async_read_some(buffer, asio::redirect_error(kAwait, ec));
    else
        count = co_await socket_.async_read_some(buffer, asio::redirect_error(kAwait, ec));
    co_return ec ? 0 : count;
}

std::optional<std::size_t> Transport::send_now(std::string_view head, std::string_view body, int flags) {
    const std::size_t total = head.size() + body.size();
    std::size_t sent = 0;
    while (sent < total) {
        const std::string_view first = head.substr(std::min(sent, head.size()));
        const std::string_view second = body.substr(sent > head.size() ? sent - head.size() : 0);
        std::array<iovec, 2> parts{
            {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}}};
        msghdr message{};
        message.msg_iov = first.empty() ? &parts[1] : parts.data();
        message.msg_iovlen = first.empty() || second.empty() ? 1 : 2;
        const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT | flags);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return would_block() ? std::optional(sent) : std::nullopt;
        sent += static_cast<std::size_t>(count);
        sent_ += count;
    }
    return sent;
}

Task<bool> Transport::wait_writable(std::chrono::milliseconds stall) {
    ErrorCode ec;
    expire_after(stall);
    co_await socket_.async_wait(TcpSocket::wait_write, asio::redirect_error(kAwait, ec));
    co_return !ec;
}

Task<std::size_t> Transport::send(std::string_view head, std::string_view body, std::chrono::milliseconds stall) {
    if (!tls_)
        return send_plain(head, body, stall);
    return send_tls(head, body, stall);
}

Task<std::size_t> Transport::send_plain(std::string_view head, std::string_view body, std::chrono::milliseconds stall) {
    std::size_t total = 0;
    while (true) {
        const auto sent = send_now(head, body);
        if (!sent)
            co_return total;
        total += *sent;
        const std::size_t of_head = std::min(*sent, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(*sent - of_head);
        if (head.empty() && body.empty())
            co_return total;
        const bool writable = co_await wait_writable(stall);
        if (!writable)
            co_return total;
    }
}

Task<std::size_t> Transport::send_tls(std::string_view head, std::string_view body, std::chrono::milliseconds stall) {
    std::string joined;
    if (!body.empty() && head.size() + body.size() <= kGatherBytes) {
        joined.append(head).append(body);
        head = joined;
        body = {};
    }
    std::size_t total = 0;
    while (!head.empty() || !body.empty()) {
        std::string_view& part = head.empty() ? body : head;
        const std::size_t sent = co_await send_encrypted(part.substr(0, kEncryptBytes), stall);
        if (sent == 0)
            break;
        total += sent;
        part.remove_prefix(sent);
    }
    co_return total;
}

Task<std::size_t> Transport::send_encrypted(std::string_view part, std::chrono::milliseconds stall) {
    ErrorCode ec;
    expire_after(stall);
    const asio::const_buffer buffer(part.data(), part.size());
    const std::size_t sent = co_await tls_->async_write_some(buffer, asio::redirect_error(kAwait, ec));
    sent_ += static_cast<std::int64_t>(sent);
    co_return ec ? 0 : sent;
}

Task<std::int64_t> Transport::send_file(const FileBody& file, std::chrono::milliseconds stall) {
    std::int64_t done = 0;
    while (done < file.length) {
        off_t from = file.offset + done;
        const auto wanted = static_cast<std::size_t>(file.length - done);
        const ssize_t count = ::sendfile(socket_.native_handle(), file.descriptor, &from, wanted);
        if (count == 0 || (count < 0 && !would_block()))
            break;
        if (count > 0) {
            done += count;
            sent_ += count;
            continue;
        }
        const bool writable = co_await wait_writable(stall);
        if (!writable)
            break;
    }
    co_return done;
}

void Transport::interrupt() {
    ErrorCode ignored;
    socket_.cancel(ignored);
}

void Transport::cut() {
    ErrorCode ignored;
    socket_.shutdown(TcpSocket::shutdown_both, ignored);
    socket_.cancel(ignored);
}

Task<void> Transport::finish_sending() {
    ErrorCode ec;
    if (tls_) {
        expire_after(kFarewell);
        co_await tls_->async_shutdown(asio::redirect_error(kAwait, ec));
    }
    socket_.shutdown(TcpSocket::shutdown_send, ec);
}

Task<void> Transport::discard(std::size_t bytes) {
    std::array<char, 16 * 1024> sink;
    ErrorCode ec;
    while (bytes > 0 && !ec) {
        const asio::mutable_buffer buffer(sink.data(), std::min(bytes, sink.size()));
        bytes -= co_await socket_.async_read_some(buffer, asio::redirect_error(kAwait, ec));
    }
}

} // namespace landfall::http
