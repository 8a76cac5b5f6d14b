#include "faces/metrics.hpp"

#include "domain/drawing/tile_cache.hpp"
#include "domain/ledger/journal.hpp"

namespace landfall::faces {
namespace {

const std::vector<double> kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

} // namespace

Metrics::Metrics()
    : requests_(registry_.counter({"landfall_requests_total", "Finished requests.", {"operation", "status"}})),
      durations_(registry_.histogram(
          {"landfall_request_duration_seconds", "Time from the header to the last byte of the answer.", {"operation"}},
          kSeconds)) {}

void Metrics::observe(const http::Exchange& exchange) {
    const Series series = series_of(exchange.operation.empty() ? "other" : exchange.operation, exchange.status);
    series.requests->add();
    series.durations->observe(static_cast<double>(exchange.duration.count()) / 1e6);
}

/// Found without a lock that another thread could hold while it sleeps, but for the first of a kind.
Metrics::Series Metrics::series_of(const std::string& operation, int status) {
    {
        const SharedLock lock(mutex_);
        if (const auto known = series_.find({operation, status}); known != series_.end())
            return known->second;
    }
    const Lock lock(mutex_);
    return series_
        .try_emplace({operation, status},
                     Series{&requests_.series({operation, std::to_string(status)}), &durations_.series({operation})})
        .first->second;
}

void Metrics::add_readings(const http::Server& observed, const domain::Services& services, const Observed& others) {
    const auto server = [&observed](std::uint64_t http::ServerStats::* member) {
        return [&observed, member] { return observed.stats().*member; };
    };
    const auto journal = [&services](auto member) {
        return [&services, member]() -> std::uint64_t { return services.journal.stats().*member; };
    };
    const auto tiles = [&services](auto member) {
        return [&services, member]() -> std::uint64_t { return services.tile_cache.stats().*member; };
    };
    using Server = http::ServerStats;
    using Journal = domain::Journal::Stats;
    using Tiles = domain::TileCache::Stats;
    registry_.gauge({"landfall_connections_open", "Open connections.", {}}, server(&Server::connections_open));
    registry_.counter({"landfall_connections_refused_total", "Connections refused at the limit.", {}},
                      server(&Server::connections_refused));
    registry_.gauge({"landfall_streams_open", "Streamed bodies in flight.", {}}, server(&Server::streams_open));
    registry_.counter({"landfall_received_bytes_total", "Bytes received.", {}}, server(&Server::bytes_in));
    registry_.counter({"landfall_sent_bytes_total", "Bytes sent.", {}}, server(&Server::bytes_out));
    registry_.counter({"landfall_journal_failures_total", "Failed writes of audit records and usage counts.", {}},
                      journal(&Journal::failures));
    registry_.counter({"landfall_journal_dropped_total", "Audit records lost.", {}}, journal(&Journal::dropped));
    registry_.counter({"landfall_tile_cache_hits_total", "Tiles served from memory.", {}}, tiles(&Tiles::hits));
    registry_.counter({"landfall_tile_cache_misses_total", "Tiles that had to be drawn.", {}}, tiles(&Tiles::misses));
    registry_.gauge({"landfall_tile_cache_bytes", "Bytes of drawn tiles held in memory.", {}}, tiles(&Tiles::bytes));
    registry_.counter({"landfall_database_statements_total", "Statements sent to the database.", {"by"}},
                      MetricRegistry::Readings([askers = others.askers] {
                          MetricRegistry::Series series;
                          for (const auto* asker : askers)
                              series.push_back({{asker->asker()}, asker->statements()});
                          return series;
                      }));
    registry_.counter({"landfall_events_total", "Events that were handed on.", {"type"}},
                      MetricRegistry::Readings([&outbox = others.outbox] {
                          MetricRegistry::Series series;
                          for (const auto& [type, count] : outbox.counts())
                              series.push_back({{type}, count});
                          return series;
                      }));
}

http::Face metrics_face(Metrics& metrics, const http::Server& observed, const domain::Services& services,
                        const Observed& others) {
    metrics.add_readings(observed, services, others);
    http::Face face({"/metrics"});
    face.route("GET", "/metrics", http::Lane::Interactive, [&metrics](const http::Request&) {
        auto response = http::Response::text(200, std::string(MetricRegistry::kMediaType), metrics.render());
        response.operation = "metrics";
        return response;
    });
    return face;
}

} // namespace landfall::faces
