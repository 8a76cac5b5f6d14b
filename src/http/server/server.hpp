#pragma once
/// The HTTP/1.1 server: listener, TLS, limits, timeouts, routing, streaming, draining.

#include "core/network.hpp"
#include "http/message/message.hpp"
#include "http/server/face.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace landfall::http {

/// Durations are wall time; 0 means no limit.
struct Limits {
    std::size_t header_bytes = 32 * 1024;
    std::int64_t json_body_bytes = 10LL << 20;
    /// Of all connections together, beyond the first 16 KiB of each; at least one of the largest bodies always fits.
    std::int64_t buffered_body_bytes = 96LL << 20;
    /// Answers that their clients have not taken yet, of all together beyond the first 16 KiB of each; a quarter of it
    /// for one owner, to whom no more is begun then.
    std::int64_t unsent_bytes = 256LL << 20;
    std::chrono::milliseconds header_timeout{10'000}; ///< for the whole header, also of an idle TLS handshake
    std::chrono::milliseconds keep_alive_timeout{75'000};
    std::chrono::milliseconds json_body_timeout{30'000}; ///< for a whole buffered body
    std::chrono::milliseconds stream_idle_timeout{60'000};
    std::int64_t stream_min_bytes_per_second = 16; ///< of uploads and answers, averaged over the window below
    std::chrono::seconds stream_rate_window{300};
    std::size_t max_connections = 10'000;
    std::size_t interactive_queue = 1024; ///< waiting requests before 503
    std::size_t slow_queue = 256;         ///< the same for Lane::Slow
    std::chrono::milliseconds drain_timeout{10'000};
};

/// Beyond `search_threads`, for searches of owners that have none running.
inline constexpr int kSearchReserve = 2;

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080; ///< 0: any free one
    int io_threads = 0;        ///< 0: one a core
    int pool_threads = 0;      ///< 0: enough for blocking work
    int search_threads = 0; ///< of Lane::Search; 0: half as many. kSearchReserve more for owners who search nothing yet
    std::string tls_certificate; ///< PEM file; empty: plain HTTP
    std::string tls_key;
    std::vector<std::string> cors_origins = {"*"};
    /// Whose word counts in X-Forwarded-For: the client is the last address in it that is none of these.
    std::vector<Network> trusted_proxies;
    Limits limits;
};

/// Counters for /metrics, all since start.
struct ServerStats {
    std::uint64_t requests = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t streams_open = 0;
    std::int64_t body_bytes = 0;   ///< of bodies on their way in, in memory now
    std::int64_t unsent_bytes = 0; ///< of answers that nobody has taken yet
};

/// What the access log and the metrics learn of a finished exchange.
struct Exchange {
    std::string method, path, operation, principal, remote_address, request_id, client_request_id, user_agent, cause;
    int status = 0;
    std::int64_t bytes_in = 0, bytes_out = 0;
    std::chrono::microseconds duration{0};
};

/// Faces are added before `start`. Of several patterns that fit a path, literal segments win over parameters. A known
/// path with another method answers 405 with `Allow`, an unknown one 404. HEAD falls to GET without its body, OPTIONS
/// is answered by the CORS policy. What the server itself refuses (400, 404, 405, 408, 413, 431, 500, 503) has the
/// shape of the face under whose prefix the path lies, where a path is known.
class Server {
public:
    explicit Server(ServerOptions options);
    ~Server();

    /// A prefix or a route that another face has is a mistake in the program, found when it starts.
    void add(const Face& face);
    void on_exchange(std::function<void(const Exchange&)> observe);
    /// Who makes a request, as far as what lies in memory tells; an empty text, and without such a function, whoever
    /// has its address. Owners share the server fairly. Called on the io threads.
    void name_owners(std::function<Owner(const Request&)> owner_of);

    /// Takes the address without answering on it yet; `start` does it for those who need not know the port before.
    /// Unavailable if the address is taken, with a sentence that says so.
    Status bind();
    /// Listens and answers. Unavailable as for `bind`.
    Status start();
    /// Reads certificate and key again, for connections that come from then on. InvalidArgument if they can't be used:
    /// then those from before stay.
    Status reload_tls();
    std::uint16_t port() const; ///< the bound port
    /// Stops accepting, closes idle connections, lets active ones finish until the drain timeout, then cuts them.
    void stop();
    ServerStats stats() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace landfall::http
