#pragma once
/// Liveness, readiness, metrics and the OpenAPI document.

#include "domain/context.hpp"
#include "http/metrics.hpp"
#include "http/server/server.hpp"

#include <string>

namespace landfall::http {

/// `/healthz`, `/readyz` and `/openapi.json`; all without credentials.
void add_system_routes(Server& server, const domain::Services& services, std::string openapi);
/// `/metrics` of `observed` on `server`, which may be a listener of its own.
void add_metrics_route(Server& server, const Metrics& metrics, const Server& observed,
                       const domain::Services& services);

} // namespace landfall::http
