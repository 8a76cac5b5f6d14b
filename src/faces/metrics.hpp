#pragma once
/// What the server counts, and `/metrics`, where Prometheus reads it.

#include "core/metrics.hpp"
#include "database/metered_database.hpp"
#include "domain/context.hpp"
#include "domain/upkeep/outbox_reader.hpp"
#include "faces/catalog_readings.hpp"
#include "http/server/face.hpp"
#include "http/server/server.hpp"
#include "jobs/worker_loop.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace landfall::faces {

/// What counts beside the services.
struct Observed {
    std::span<const database::MeteredDatabase* const> askers; ///< those who use the database
    const domain::OutboxReader& outbox;
    const jobs::WorkerLoop* jobs = nullptr;      ///< null: this server runs none
    const database::Database* catalog = nullptr; ///< asked for what the catalog tells; null: not at all
};

/// Counts finished exchanges by operation and status. Thread-safe; as many series as there are operations and statuses.
class Metrics {
public:
    Metrics();
    void observe(const http::Exchange& exchange);
    /// Adds what a server and its parts count themselves; before the first `render`. All must outlive this.
    void add_readings(const http::Server& observed, const domain::Services& services, const Observed& others);
    /// Where others add their own, before the first `render`.
    MetricRegistry& registry() { return registry_; }
    /// A few times a second anew, then as it was last.
    std::string render();

private:
    void add_server(const http::Server& observed);
    void add_services(const domain::Services& services);
    void add_workers(const domain::Services& services, const jobs::WorkerLoop* jobs);
    void add_database(std::span<const database::MeteredDatabase* const> askers);
    void add_catalog(const database::Database& catalog, const Clock& clock);

    struct Series {
        Counter::Series* requests;
        Histogram::Series* durations;
    };
    Series series_of(const std::string& operation, int status);

    MetricRegistry registry_;
    Counter& requests_;
    Histogram& durations_;
    SharedMutex mutex_;
    std::map<std::pair<std::string, int>, Series> series_ GUARDED_BY(mutex_);
    std::unique_ptr<CatalogReadings> catalog_;
    Mutex rendering_;
    std::vector<std::chrono::steady_clock::time_point> renders_ GUARDED_BY(rendering_); ///< of the last second
    std::string rendered_ GUARDED_BY(rendering_);
};

/// `/metrics`: `metrics` and what `observed`, the services and the others count. All must outlive the face.
http::Face metrics_face(Metrics& metrics, const http::Server& observed, const domain::Services& services,
                        const Observed& others);

} // namespace landfall::faces
