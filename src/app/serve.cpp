#include "app/serve.hpp"

#include "app/logged_path.hpp"
#include "app/memory.hpp"
#include "app/process_metrics.hpp"
#include "app/runtime.hpp"
#include "app/server_lock.hpp"
#include "catalog/tenancy/user.hpp"
#include "core/endpoint.hpp"
#include "core/output.hpp"
#include "domain/sign_in/first_start.hpp"
#include "faces/composition.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <sys/resource.h>
#include <thread>

namespace landfall::app {
namespace {

/// Blocks the signals that end or reload the program in this thread and all that it starts; `wait` takes them.
class EndSignals {
public:
    EndSignals() {
        sigemptyset(&set_);
        // The last two would end a program that does not know them.
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2})
            sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    /// Returns when the program shall end; calls `reload` whenever it shall read its files again.
    void wait(const std::function<void()>& reload) const {
        for (int signal = 0; signal != SIGTERM && signal != SIGINT;) {
            sigwait(&set_, &signal);
            if (signal == SIGHUP)
                reload();
        }
    }

private:
    sigset_t set_{};
};

/// Lines that wait while nobody reads them; then the oldest are dropped, for no call may wait for a log.
constexpr std::size_t kWaitingLines = 8192;
constexpr std::chrono::seconds kLastLines{2};

void set_up_log(const std::string& level) {
    spdlog::init_thread_pool(kWaitingLines, 1);
    auto logger =
        std::make_shared<spdlog::async_logger>("landfall", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                               spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(std::move(logger));
    spdlog::flush_on(spdlog::level::warn);
    spdlog::flush_every(std::chrono::seconds(1));
}

/// Writes what waits, if that is possible within a moment.
void end_log() {
    if (const auto lines = spdlog::thread_pool(); lines && lines->overrun_counter() > 0)
        spdlog::warn("{} log lines were dropped because nobody read them in time", lines->overrun_counter());
    const auto done = std::make_shared<std::promise<void>>();
    const auto written = done->get_future();
    std::thread([done] {
        spdlog::shutdown();
        done->set_value();
    }).detach();
    if (written.wait_for(kLastLines) != std::future_status::ready)
        std::_Exit(0); // whoever holds the other end of stderr does not read
}

/// Where a server that has its address is reached from here.
Result<std::string> origin_of(const Config& config, const http::Server& server) {
    TRY(const auto endpoint, parse_endpoint(config.listen));
    std::string host = endpoint.address;
    if (host.empty() || host == "0.0.0.0" || host == "::")
        host = "127.0.0.1"; // reachable from here; others set public_url
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    return fmt::format("{}://{}:{}", config.tls_certificate.empty() ? "http" : "https", host, server.port());
}

/// A JSON body is held in memory: whatever the setting says, none is larger.
constexpr std::int64_t kLargestJsonBody = std::int64_t{64} << 20U;

/// Lets this process open as many files as the system grants it: the limit that shells and systemd begin with is there
/// for programs that use select.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Connections to take: as many as were asked for (0: no limit), but each may need a second descriptor for its file.
std::size_t connection_cap(std::int64_t wished) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return static_cast<std::size_t>(wished);
    const auto half = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur / 2, 1U << 30U));
    if (wished > 0 && wished <= half)
        return static_cast<std::size_t>(wished);
    spdlog::warn("at most {} connections are taken, for this process may open only {} files", half, limit.rlim_cur);
    return static_cast<std::size_t>(std::max<std::int64_t>(half, 1));
}

http::ServerOptions server_options(const Config& config, const Endpoint& endpoint) {
    http::ServerOptions options;
    options.address = endpoint.address;
    options.port = endpoint.port;
    options.search_threads = catalog_readers(config).searches;
    options.tls_certificate = config.tls_certificate;
    options.tls_key = config.tls_key;
    options.cors_origins = config.cors_origins;
    for (const std::string& proxy : config.trusted_proxies)
        if (const auto network = Network::parse(proxy))
            options.trusted_proxies.push_back(*network);
    const std::int64_t body = config.limits.json_body_bytes;
    options.limits.json_body_bytes = body > 0 ? std::min(body, kLargestJsonBody) : kLargestJsonBody;
    const MemoryShares shares = memory_shares(config.limits.memory_bytes);
    options.limits.buffered_body_bytes = shares.bodies;
    options.limits.unsent_bytes = shares.answers;
    options.limits.header_timeout = std::chrono::seconds(config.header_seconds);
    options.limits.stream_idle_timeout = std::chrono::seconds(config.idle_seconds);
    options.limits.drain_timeout = std::chrono::seconds(config.drain_seconds);
    options.limits.max_connections = connection_cap(config.max_connections);
    return options;
}

void log_exchange(const http::Exchange& e) {
    if (!spdlog::should_log(spdlog::level::info))
        return;
    Json line = Json::object({{"method", e.method},
                              {"path", logged_path(e.path)},
                              {"status", e.status},
                              {"operation", e.operation},
                              {"principal", e.principal},
                              {"duration_us", static_cast<std::int64_t>(e.duration.count())},
                              {"bytes_in", e.bytes_in},
                              {"bytes_out", e.bytes_out},
                              {"client", e.remote_address},
                              {"user_agent", e.user_agent},
                              {"request_id", e.request_id}});
    if (!e.client_request_id.empty())
        line.set("client_request_id", e.client_request_id);
    if (!e.cause.empty())
        line.set("cause", e.cause);
    spdlog::log(e.status >= 500 ? spdlog::level::err : spdlog::level::info, "request {}", line.dump());
}

/// A server with an address, which goes into the configuration. It does not answer yet.
Result<std::unique_ptr<http::Server>> bind_server(Config& config) {
    TRY(const auto endpoint, parse_endpoint(config.listen));
    auto server = std::make_unique<http::Server>(server_options(config, endpoint));
    CHECK_OK(server->bind());
    TRY(config.listening_at, origin_of(config, *server));
    return server;
}

/// What only one server has: its address, and its folder.
struct Place {
    std::unique_ptr<http::Server> server;
    std::optional<ServerLock> lock;
};

/// Before the catalog is opened, which may change its schema. A folder is made only for a server that has an address;
/// where there is one, a server that runs on it says more than a taken port.
Result<Place> take_place(Config& config) {
    std::error_code ignored;
    const bool is_new = !std::filesystem::exists(config.data, ignored);
    Place place;
    if (is_new) {
        TRY(place.server, bind_server(config));
    }
    TRY(place.lock, ServerLock::claim(config));
    if (!is_new) {
        TRY(place.server, bind_server(config));
    }
    return place;
}

/// The sockets of one server: its faces, and metrics and readiness on a listener of their own where one is set.
class Listeners {
public:
    /// `server` has an address and no routes yet.
    Listeners(const Config& config, const Runtime& runtime, std::unique_ptr<http::Server> server)
        : config_(config), faces_(runtime.services(), LANDFALL_VERSION,
                                  {runtime.askers(), runtime.outbox(), &runtime.jobs(), &runtime.own_database()}),
          server_(std::move(server)) {
        add_process_metrics(faces_.registry(), config);
    }

    Status start() {
        server_->on_exchange([this](const http::Exchange& exchange) {
            faces_.observe(exchange);
            log_exchange(exchange);
        });
        server_->name_owners([this](const http::Request& request) { return faces_.owner_of(request); });
        for (const http::Face& face : faces_.all())
            server_->add(face);
        CHECK_OK(start_metrics());
        CHECK_OK(server_->start());
        TRY(const std::string origin, origin_of(config_, *server_));
        put(stdout, "landfall {} listening on {}\n", LANDFALL_VERSION, origin);
        std::fflush(stdout);
        return {};
    }

    /// Reads what may have been renewed on the disk.
    void reload() {
        if (const auto reloaded = server_->reload_tls(); !reloaded)
            spdlog::error("the certificate could not be read again, so the earlier one stays: {} {}",
                          reloaded.error().message, reloaded.error().cause);
        else
            spdlog::info("read the certificate again");
    }

    void stop() {
        server_->stop();
        if (metrics_server_)
            metrics_server_->stop();
    }

private:
    Status start_metrics() {
        if (config_.metrics_listen.empty()) {
            server_->add(faces_.readiness());
            server_->add(faces_.metrics(*server_));
            return {};
        }
        TRY(const auto endpoint, parse_endpoint(config_.metrics_listen));
        http::ServerOptions options;
        options.address = endpoint.address;
        options.port = endpoint.port;
        options.io_threads = 1;
        options.pool_threads = 2; // so that a slow look into the database holds no scrape up
        metrics_server_ = std::make_unique<http::Server>(std::move(options));
        metrics_server_->add(faces_.readiness());
        metrics_server_->add(faces_.metrics(*server_));
        return metrics_server_->start();
    }

    const Config& config_;
    faces::Composition faces_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Server> metrics_server_;
};

void warn_of_missing_barriers(const jobs::Confinement& confinement) {
    if (!confinement.landlock)
        spdlog::warn("this kernel has no Landlock: workers are not kept from reading files");
    if (!confinement.seccomp)
        spdlog::warn("this kernel has no seccomp: workers are not kept from system calls");
}

/// Nobody can call a server that knows no user: says how to make the first.
void tell_of_first_start(const Config& config, const domain::Services& services) {
    const auto users =
        services.database.read_for([](database::Session& session) { return catalog::has_users(session); });
    if (!users || *users)
        return;
    if (!config.setup_link) {
        spdlog::warn(
            "the catalog holds no user yet: landfall init --data {} makes one with an organization and its API key",
            config.data);
        return;
    }
    const std::string& origin = config.public_url.empty() ? config.listening_at : config.public_url;
    put(stderr,
        "Nobody has an account here yet. Within an hour, open this link to make the first, which is good once:\n  {}\n",
        domain::setup_url(origin, domain::make_setup_secret(services, services.clock.now()).secret));
    std::fflush(stderr);
}

/// The parts of a server or worker.
Result<std::unique_ptr<Runtime>> open_runtime(const Config& config, DataFolder folder, StartedLauncher started) {
    TRY(auto launcher, std::move(started));
    warn_of_missing_barriers(launcher->confinement());
    return Runtime::open(config, folder, std::move(launcher));
}

} // namespace

int report_failure(const Error& error) {
    put(stderr, "landfall: {}{}{}\n", error.message, error.cause.empty() ? "" : "\n  cause: ", error.cause);
    return error.code == Code::InvalidArgument ? 2 : 1;
}

int serve(Config config, StartedLauncher launcher) {
    const EndSignals signals;
    set_up_log(config.log_level);
    raise_descriptor_limit();
    auto place = take_place(config);
    if (!place)
        return report_failure(place.error());
    auto runtime = open_runtime(config, DataFolder::MayUpgrade, std::move(launcher));
    if (!runtime)
        return report_failure(runtime.error());
    Listeners listeners(config, **runtime, std::move(place->server));
    if (const auto started = listeners.start(); !started)
        return report_failure(started.error());
    (*runtime)->start_jobs();
    tell_of_first_start(config, (*runtime)->services());
    signals.wait([&] { listeners.reload(); });
    spdlog::info("stopping: no new connections, open requests get {} s", config.drain_seconds);
    (*runtime)->stop_calls();
    {
        const std::jthread jobs([&] { (*runtime)->stop_jobs(); }); // at the same time, for both may take all of it
        listeners.stop();
    }
    runtime->reset();
    spdlog::info("stopped");
    end_log();
    return 0;
}

int work(const Config& config, StartedLauncher launcher) {
    const EndSignals signals;
    set_up_log(config.log_level);
    auto runtime = open_runtime(config, DataFolder::MustExist, std::move(launcher));
    if (!runtime)
        return report_failure(runtime.error());
    (*runtime)->start_jobs();
    put(stdout, "landfall {} working\n", LANDFALL_VERSION);
    std::fflush(stdout);
    signals.wait([] {});
    (*runtime)->stop_jobs();
    runtime->reset();
    end_log();
    return 0;
}

} // namespace landfall::app
