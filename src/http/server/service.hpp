#pragma once
/// Private to src/http: what all io threads share. Everything but the counters and the pools is fixed once the server
/// has started.

#include "http/message/cors.hpp"
#include "http/server/body_budget.hpp"
#include "http/server/router.hpp"
#include "http/server/server.hpp"
#include "http/server/tls.hpp"
#include "http/server/work_pool.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
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
    explicit Service(ServerOptions given)
        : options(std::move(given)), cors(options.cors_origins),
          bodies(body_budget(options.limits), share_of_bodies(options.limits)),
          answers(options.limits.unsent_bytes, options.limits.unsent_bytes / 4) {}

    const ServerOptions options;
    const CorsPolicy cors;
    BodyBudget bodies;  ///< that come
    BodyBudget answers; ///< that wait to be taken
    Router router;
    Refusals refusals;
    std::function<void(const Exchange&)> on_exchange;
    std::function<Owner(const Request&)> owner_of;
    TlsContext tls; ///< null: plain HTTP
    Counters counters;
    std::atomic<bool> warned_of_proxy{false};
    std::map<Lane, WorkPool> lanes;    ///< of all that are not inline
    std::unique_ptr<WorkPool> streams; ///< sinks and sources of bodies

private:
    static std::int64_t body_budget(const Limits& limits) {
        const bool bounded = limits.buffered_body_bytes > 0 && limits.json_body_bytes > 0;
        return bounded ? std::max(limits.buffered_body_bytes, limits.json_body_bytes + kBodySlack) : 0;
    }
    /// A quarter of it, and one of the largest bodies at least.
    static std::int64_t share_of_bodies(const Limits& limits) {
        const std::int64_t all = body_budget(limits);
        return all > 0 ? std::max(all / 4, limits.json_body_bytes + kBodySlack) : 0;
    }
    /// A body's buffer is read into before its size is known to be too large.
    static constexpr std::int64_t kBodySlack = 1 << 20;
};

} // namespace landfall::http
