#pragma once
/// What the server counts, and `/metrics`, where Prometheus reads it.

#include "core/metrics.hpp"
#include "domain/context.hpp"
#include "http/server/face.hpp"
#include "http/server/server.hpp"

#include <string>

namespace landfall::faces {

/// Counts finished exchanges by operation and status. Thread-safe; as many series as there are operations and statuses.
class Metrics {
public:
    Metrics();
    void observe(const http::Exchange& exchange);
    /// Adds what a server and its parts count themselves; before the first `render`. Both must outlive this.
    void add_readings(const http::Server& observed, const domain::Services& services);
    std::string render() const { return registry_.render(); }

private:
    MetricRegistry registry_;
    Counter& requests_;
    Histogram& durations_;
};

/// `/metrics`: `metrics` and what `observed` and the services count. All must outlive the face.
http::Face metrics_face(Metrics& metrics, const http::Server& observed, const domain::Services& services);

} // namespace landfall::faces
