#pragma once
/// Liveness, readiness, metrics and the OpenAPI document.

#include "database/metered_database.hpp"
#include "domain/context.hpp"
#include "faces/metrics.hpp"
#include "http/server/server.hpp"

#include <span>
#include <string>

namespace landfall::faces {

/// `/healthz`, `/readyz` and `/openapi.json`; all without credentials.
void add_system_routes(http::Server& server, const domain::Services& services, std::string openapi);
/// Those who use the database; they outlive the server.
using Askers = std::span<const database::MeteredDatabase* const>;
/// `/metrics` of `observed` on `server`, which may be a listener of its own.
void add_metrics_route(http::Server& server, const Metrics& metrics, const http::Server& observed,
                       const domain::Services& services, Askers askers);

} // namespace landfall::faces
