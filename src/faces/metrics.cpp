#include "faces/metrics.hpp"

#include "domain/drawing/tile_cache.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/ledger/journal.hpp"

namespace landfall::faces {
namespace {

constexpr std::size_t kRendersASecond = 5;
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

void Metrics::add_server(const http::Server& observed) {
    const auto server = [&observed](auto member) {
        return MetricRegistry::Reading([&observed, member] { return static_cast<double>(observed.stats().*member); });
    };
    using Stats = http::ServerStats;
    registry_.gauge({"landfall_connections_open", "Open connections.", {}}, server(&Stats::connections_open));
    registry_.counter({"landfall_connections_refused_total", "Connections refused at the limit.", {}},
                      server(&Stats::connections_refused));
    registry_.gauge({"landfall_streams_open", "Streamed bodies in flight.", {}}, server(&Stats::streams_open));
    registry_.counter({"landfall_received_bytes_total", "Bytes received.", {}}, server(&Stats::bytes_in));
    registry_.counter({"landfall_sent_bytes_total", "Bytes sent.", {}}, server(&Stats::bytes_out));
}

void Metrics::add_services(const domain::Services& services) {
    const auto journal = [&services](auto member) {
        return MetricRegistry::Reading(
            [&services, member] { return static_cast<double>(services.journal.stats().*member); });
    };
    const auto tiles = [&services](auto member) {
        return MetricRegistry::Reading(
            [&services, member] { return static_cast<double>(services.tile_cache.stats().*member); });
    };
    const auto lost = [&services](auto member) {
        return MetricRegistry::Reading(
            [&services, member] { return static_cast<double>(services.lost.stats().*member); });
    };
    using Journal = domain::Journal::Stats;
    using Tiles = domain::TileCache::Stats;
    using Lost = domain::LostObjects::Stats;
    registry_.counter({"landfall_journal_failures_total", "Failed writes of audit records and usage counts.", {}},
                      journal(&Journal::failures));
    registry_.counter({"landfall_journal_dropped_total", "Audit records lost.", {}}, journal(&Journal::dropped));
    registry_.counter({"landfall_tile_cache_hits_total", "Tiles served from memory.", {}}, tiles(&Tiles::hits));
    registry_.counter({"landfall_tile_cache_misses_total", "Tiles that had to be drawn.", {}}, tiles(&Tiles::misses));
    registry_.gauge({"landfall_tile_cache_bytes", "Bytes of drawn tiles held in memory.", {}}, tiles(&Tiles::bytes));
    registry_.gauge({"landfall_objects_missing", "Objects that the catalog names and the store has not got.", {}},
                    lost(&Lost::missing));
    registry_.counter({"landfall_object_misses_total", "How often an object was asked for that is missing.", {}},
                      lost(&Lost::asked));
}

void Metrics::add_workers(const domain::Services& services, const jobs::WorkerLoop* jobs) {
    registry_.gauge({"landfall_workers_ready", "Whether workers start: 1, or 0.", {}},
                    MetricRegistry::Reading([&services] { return services.workers.is_well() ? 1 : 0; }));
    registry_.gauge({"landfall_tile_workers_limit", "Processes that may draw tiles.", {}},
                    MetricRegistry::Reading([&services] { return services.tiles.workers(); }));
    registry_.counter(
        {"landfall_worker_tasks_total", "Tasks and requests of workers, by how they ended.", {"task", "end"}},
        MetricRegistry::Readings([&services] {
            MetricRegistry::Series series;
            for (const auto& [task, end, count] : services.launcher.tallies())
                series.push_back({{task, std::string(schema::enum_text(end))}, static_cast<double>(count)});
            return series;
        }));
    if (jobs == nullptr)
        return;
    registry_.gauge({"landfall_jobs_running", "Jobs that this server runs.", {}},
                    MetricRegistry::Reading([jobs] { return static_cast<double>(jobs->running()); }));
    registry_.gauge({"landfall_jobs_running_limit", "Jobs that this server runs at once at most.", {}},
                    MetricRegistry::Reading([jobs] { return jobs->workers(); }));
    registry_.counter(
        {"landfall_job_runs_total", "Runs of jobs, by the state in which they left the job.", {"kind", "state"}},
        MetricRegistry::Readings([jobs] {
            MetricRegistry::Series series;
            for (const auto& tally : jobs->tallies())
                series.push_back({{tally.kind, tally.state}, static_cast<double>(tally.runs)});
            return series;
        }));
    registry_.counter({"landfall_job_run_seconds_total", "Time that these runs took.", {"kind", "state"}},
                      MetricRegistry::Readings([jobs] {
                          MetricRegistry::Series series;
                          for (const auto& tally : jobs->tallies())
                              series.push_back({{tally.kind, tally.state}, tally.seconds});
                          return series;
                      }));
}

void Metrics::add_database(std::span<const database::MeteredDatabase* const> askers) {
    using Calls = database::MeteredDatabase::Calls;
    const auto of_calls = [askers](auto value) {
        return MetricRegistry::Readings([askers, value] {
            MetricRegistry::Series series;
            for (const auto* asker : askers) {
                series.push_back({{asker->asker(), "read"}, value(asker->reads())});
                series.push_back({{asker->asker(), "write"}, value(asker->writes())});
            }
            return series;
        });
    };
    registry_.counter({"landfall_database_statements_total", "Statements sent to the database.", {"by"}},
                      MetricRegistry::Readings([askers] {
                          MetricRegistry::Series series;
                          for (const auto* asker : askers)
                              series.push_back({{asker->asker()}, static_cast<double>(asker->statements())});
                          return series;
                      }));
    registry_.counter({"landfall_database_transactions_total", "Transactions and snapshots.", {"by", "kind"}},
                      of_calls([](const Calls& calls) { return static_cast<double>(calls.done + calls.failed); }));
    registry_.counter({"landfall_database_failures_total", "Those that failed or were rolled back.", {"by", "kind"}},
                      of_calls([](const Calls& calls) { return static_cast<double>(calls.failed); }));
    registry_.counter({"landfall_database_seconds_total", "Time from asking for them to their end.", {"by", "kind"}},
                      of_calls([](const Calls& calls) { return calls.seconds; }));
}

void Metrics::add_catalog(const database::Database& catalog, const Clock& clock) {
    catalog_ = std::make_unique<CatalogReadings>(catalog, clock);
    CatalogReadings* const readings = catalog_.get();
    const auto of_organizations = [readings](auto value) {
        return MetricRegistry::Readings([readings, value] {
            MetricRegistry::Series series;
            for (const auto& share : readings->now().fullest)
                if (const std::optional<std::int64_t> bytes = value(share))
                    series.push_back({{share.organization_id.str()}, static_cast<double>(*bytes)});
            return series;
        });
    };
    registry_.gauge({"landfall_database_up", "Whether the database answers: 1, or 0.", {}},
                    MetricRegistry::Reading([readings] { return readings->now().is_up ? 1 : 0; }));
    registry_.gauge({"landfall_database_size_bytes", "Size of the catalog's database.", {}},
                    MetricRegistry::Reading([readings] { return static_cast<double>(readings->now().size); }));
    registry_.gauge({"landfall_jobs_queued", "Jobs that wait.", {"kind"}}, MetricRegistry::Readings([readings] {
                        MetricRegistry::Series series;
                        for (const auto& queued : readings->now().queued)
                            series.push_back({{queued.kind}, static_cast<double>(queued.count)});
                        return series;
                    }));
    registry_.gauge({"landfall_jobs_oldest_due_seconds", "How long the job waits that is due for longest.", {}},
                    MetricRegistry::Reading([readings] { return readings->now().oldest_seconds; }));
    registry_.gauge(
        {"landfall_storage_used_bytes", "Stored bytes of the organizations nearest to their quota.", {"organization"}},
        of_organizations([](const auto& share) { return std::optional(share.used); }));
    registry_.gauge({"landfall_storage_quota_bytes", "What these may store, where that is limited.", {"organization"}},
                    of_organizations([](const auto& share) { return share.quota; }));
}

void Metrics::add_readings(const http::Server& observed, const domain::Services& services, const Observed& others) {
    add_server(observed);
    add_services(services);
    add_workers(services, others.jobs);
    add_database(others.askers);
    if (others.catalog != nullptr)
        add_catalog(*others.catalog, services.clock);
    registry_.counter({"landfall_events_total", "Events that were handed on.", {"type"}},
                      MetricRegistry::Readings([&outbox = others.outbox] {
                          MetricRegistry::Series series;
                          for (const auto& [type, count] : outbox.counts())
                              series.push_back({{type}, static_cast<double>(count)});
                          return series;
                      }));
    registry_.gauge({"landfall_memory_used_bytes", "What parts of the server hold of its limit of memory.", {"part"}},
                    MetricRegistry::Readings([&observed, &services]() -> MetricRegistry::Series {
                        const auto stats = observed.stats();
                        return {{{"tiles"}, static_cast<double>(services.tile_cache.stats().bytes)},
                                {{"sources"}, static_cast<double>(services.tile_sources.bytes())},
                                {{"bodies"}, static_cast<double>(stats.body_bytes)},
                                {{"answers"}, static_cast<double>(stats.unsent_bytes)}};
                    }));
}

std::string Metrics::render() {
    const auto now = std::chrono::steady_clock::now();
    const Lock lock(rendering_);
    std::erase_if(renders_, [&](auto at) { return now - at > std::chrono::seconds(1); });
    if (renders_.size() < kRendersASecond) {
        rendered_ = registry_.render();
        renders_.push_back(now);
    }
    return rendered_;
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
