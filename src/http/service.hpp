#pragma once
/// Private to src/http: what all io threads share. Everything but the counters and the pools is fixed once the server
/// has started.

#include "http/cors.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/work_pool.hpp"

#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace landfall::http {

struct Counters {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> streams_open{0};
};

struct Service {
    explicit Service(ServerOptions given) : options(std::move(given)), cors(options.cors_origins) {}

    const ServerOptions options;
    const CorsPolicy cors;
    Router router;
    std::function<Response(const Request&, int, std::string)> on_error;
    std::function<void(const Exchange&)> on_exchange;
    std::unique_ptr<boost::asio::ssl::context> tls; ///< null: plain HTTP
    Counters counters;
    std::unique_ptr<WorkPool> handlers; ///< Lane::Interactive
    std::unique_ptr<WorkPool> streams;  ///< sinks, file reads under TLS
};

} // namespace landfall::http
