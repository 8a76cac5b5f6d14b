#pragma once
/// What the server counts, and `/metrics`, where Prometheus reads it.

#include "core/metrics.hpp"
#include "database/metered_database.hpp"
#include "domain/context.hpp"
#include "domain/upkeep/outbox_reader.hpp"
#include "http/server/face.hpp"
#include "http/server/server.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>

namespace landfall::faces {

/// What counts beside the services.
struct Observed {
    std::span<const database::MeteredDatabase* const> askers; ///< those who use the database
    const domain::OutboxReader& outbox;
};

/// Counts finished exchanges by operation and status. Thread-safe; as many series as there are operations and statuses.
class Metrics {
public:
    Metrics();
    void observe(const http::Exchange& exchange);
    /// Adds what a server and its parts count themselves; before the first `render`. All must outlive this.
    void add_readings(const http::Server& observed, const domain::Services& services, const Observed& others);
    std::string render() const { return registry_.render(); }

private:
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
};

/// `/metrics`: `metrics` and what `observed`, the services and the others count. All must outlive the face.
http::Face metrics_face(Metrics& metrics, const http::Server& observed, const domain::Services& services,
                        const Observed& others);

} // namespace landfall::faces
