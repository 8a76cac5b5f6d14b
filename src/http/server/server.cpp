#include "http/server/server.hpp"

#include "core/threads.hpp"
#include "http/server/listener.hpp"
#include "http/server/loop.hpp"
#include "http/server/service.hpp"
#include "http/server/tls.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace landfall::http {
namespace {

constexpr int kSlowNiceness = 10; ///< about that of workers that draw, probe and convert

/// Enough threads that a few slow handlers leave room for the others.
int pool_size(int wished) {
    return wished > 0 ? wished : std::max(8, 4 * cores());
}

/// Threads of each lane. Writers that wait together share one commit, so many of them make it worth its fsync; they
/// hardly need a core.
std::map<Lane, PoolSize> lane_sizes(const ServerOptions& options) {
    const int threads = pool_size(options.pool_threads);
    const int commits = options.pool_threads > 0 ? options.pool_threads : 128;
    const int searches = options.search_threads > 0 ? options.search_threads : std::max(1, threads / 2);
    const std::size_t queue = options.limits.interactive_queue;
    return {{Lane::Interactive, {threads, threads / 2, 0, queue}},
            {Lane::Commit, {commits, commits / 4, 0, queue}},
            {Lane::Search, {searches, kSearchReserve, kSlowNiceness, queue}},
            {Lane::Draw, {threads, threads / 2, 0, queue}},
            {Lane::Slow, {threads, threads, kSlowNiceness, options.limits.slow_queue}}};
}

/// A route that can't be added is a mistake in the program, found when it starts.
void must(const Status& status) {
    if (!status)
        throw std::logic_error(status.error().message);
}

} // namespace

struct Server::Impl {
    explicit Impl(ServerOptions options) : service(std::move(options)) {}

    Service service;
    Listeners listeners;
    std::uint16_t port = 0;
    std::vector<std::unique_ptr<Loop>> loops;
    std::vector<std::thread> threads;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() {
    stop();
}

void Server::add(const Face& face) {
    must(impl_->service.refusals.add(face));
    for (const Route& route : face.routes())
        must(impl_->service.router.add(route.method, route.pattern, route.target));
}

void Server::on_exchange(std::function<void(const Exchange&)> observe) {
    impl_->service.on_exchange = std::move(observe);
}

void Server::name_owners(std::function<Owner(const Request&)> owner_of) {
    impl_->service.owner_of = std::move(owner_of);
}

Status Server::bind() {
    const ServerOptions& options = impl_->service.options;
    const int io_threads = options.io_threads > 0 ? options.io_threads : cores();
    TRY(impl_->listeners, Listeners::bind(options.address, options.port, io_threads));
    impl_->port = impl_->listeners.port();
    return {};
}

Status Server::start() {
    Service& service = impl_->service;
    const ServerOptions& options = service.options;
    CHECK_OK(reload_tls());
    if (impl_->port == 0)
        CHECK_OK(bind());
    CHECK_OK(impl_->listeners.listen());
    for (const auto& [lane, size] : lane_sizes(options))
        service.lanes.try_emplace(lane, size);
    const int threads = pool_size(options.pool_threads);
    service.streams = std::make_unique<WorkPool>(PoolSize{threads, threads / 2, 0, options.limits.interactive_queue});
    for (const int descriptor : impl_->listeners.release())
        impl_->loops.push_back(std::make_unique<Loop>(service, descriptor));
    for (const auto& loop : impl_->loops)
        impl_->threads.emplace_back([&loop = *loop] { loop.run(); });
    return {};
}

Status Server::reload_tls() {
    const ServerOptions& options = impl_->service.options;
    if (options.tls_certificate.empty() && options.tls_key.empty())
        return {};
    TRY(auto tls, make_tls(options.tls_certificate, options.tls_key));
    impl_->service.tls.set(std::move(tls));
    return {};
}

std::uint16_t Server::port() const {
    return impl_->port;
}

void Server::stop() {
    const auto deadline = SteadyClock::now() + impl_->service.options.limits.drain_timeout;
    for (const auto& loop : impl_->loops)
        loop->drain(deadline);
    for (std::thread& thread : impl_->threads)
        thread.join();
    impl_->threads.clear();
    impl_->loops.clear();
    impl_->service.lanes.clear();
    impl_->service.streams.reset();
}

ServerStats Server::stats() const {
    const Counters& counters = impl_->service.counters;
    ServerStats stats;
    stats.requests = counters.requests.load(std::memory_order_relaxed);
    stats.bytes_in = counters.bytes_in.load(std::memory_order_relaxed);
    stats.bytes_out = counters.bytes_out.load(std::memory_order_relaxed);
    stats.connections_open = counters.connections_open.load(std::memory_order_relaxed);
    stats.connections_refused = counters.connections_refused.load(std::memory_order_relaxed);
    stats.streams_open = counters.streams_open.load(std::memory_order_relaxed);
    stats.body_bytes = impl_->service.bodies.taken();
    stats.unsent_bytes = impl_->service.answers.taken();
    return stats;
}

} // namespace landfall::http
