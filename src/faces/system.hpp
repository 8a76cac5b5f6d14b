#pragma once
/// Liveness, readiness, metrics and the OpenAPI document.

#include "domain/context.hpp"
#include "faces/metrics.hpp"
#include "http/server/server.hpp"

#include <string>

namespace landfall::faces {

/// `/healthz`, `/readyz` and `/openapi.json`; all without credentials.
void add_system_routes(http::Server& server, const domain::Services& services, std::string openapi);
/// `/metrics` of `observed` on `server`, which may be a listener of its own.
void add_metrics_route(http::Server& server, const Metrics& metrics, const http::Server& observed,
                       const domain::Services& services);

} // namespace landfall::faces
