#pragma once
/// Private to src/http: one peer's socket with or without TLS, its deadline, and the ways bytes leave.

#include "http/message/message.hpp"
#include "http/server/asio.hpp"
#include "http/server/rate_floor.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace landfall::http {

/// One operation at a time, on the loop's thread. Deadlines are enforced by `sweep`, which the loop calls every 100 ms.
class Transport {
public:
    /// `tls` may be null: plain TCP.
    Transport(TcpSocket socket, std::shared_ptr<asio::ssl::context> tls);

    bool secure() const { return tls_.has_value(); }
    int descriptor() { return socket_.native_handle(); }
    LoopExecutor executor() { return socket_.get_executor(); }

    /// Whatever waits is interrupted once `after` has passed; 0 means never.
    void expire_after(std::chrono::milliseconds after);
    void expire_never() { deadline_ = SteadyClock::time_point::max(); }
    /// Whether the deadline that is set has passed.
    bool expired() const { return expired_; }
    void sweep(SteadyClock::time_point now);
    /// From now on a peer that takes fewer bytes than this is interrupted; nothing: none is.
    void hold_to(std::optional<RateFloor> floor);
    /// Between these two the peer is not held to its floor, for it is not what is waited for.
    void pause_floor();
    void resume_floor();

    Task<bool> handshake();
    /// Reads what is there, at most `size` bytes; 0 at the end, on failure, past the deadline or when interrupted.
    Task<std::size_t> read_some(void* data, std::size_t size);
    /// Tries to send all without waiting; plain connections only. The bytes sent; nothing on failure.
    std::optional<std::size_t> send_now(std::string_view head, std::string_view body, int flags = 0);
    /// Sends both; each wait for the peer may last `stall`. The bytes sent: fewer than all on failure.
    Task<std::size_t> send(std::string_view head, std::string_view body, std::chrono::milliseconds stall);
    /// Sends part of a file through sendfile; plain connections only. The bytes sent. Others get no turn while the peer
    /// takes all that is there, and a disk that is slow stops the thread: FileSend sees to both.
    Task<std::int64_t> send_file(const FileBody& file, std::chrono::milliseconds stall);

    /// Interrupts whatever waits.
    void interrupt();
    /// Ends both directions at once; every later operation fails.
    void cut();
    /// Says that nothing more will be sent.
    Task<void> finish_sending();
    /// Reads and drops until the peer closes, `bytes` came, or the deadline passes. For a connection that is ending.
    Task<void> discard(std::size_t bytes);

private:
    Task<bool> wait_writable(std::chrono::milliseconds stall);
    Task<std::size_t> send_plain(std::string_view head, std::string_view body, std::chrono::milliseconds stall);
    Task<std::size_t> send_tls(std::string_view head, std::string_view body, std::chrono::milliseconds stall);
    Task<std::size_t> send_encrypted(std::string_view part, std::chrono::milliseconds stall);

    TcpSocket socket_;
    std::shared_ptr<asio::ssl::context> tls_context_;
    std::optional<asio::ssl::stream<TcpSocket&>> tls_;
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
    bool expired_ = false;
    std::optional<RateFloor> floor_; ///< of what is sent
    std::int64_t sent_ = 0;          ///< bytes since the floor was last asked
    bool below_floor_ = false;
    std::optional<SteadyClock::time_point> paused_at_;
};

} // namespace landfall::http
