#pragma once
/// All faces of one server over one runtime: the one list.

#include "admission/pipeline.hpp"
#include "domain/context.hpp"
#include "faces/metrics.hpp"
#include "http/server/server.hpp"
#include "operations/registry/dispatch.hpp"
#include "operations/registry/registry.hpp"
#include "stac/routes/face.hpp"

#include <string_view>
#include <vector>

namespace landfall::faces {

/// Operations, their dispatch, and the faces over both. Must outlive the servers that it is given to.
class Composition {
public:
    /// `services` and `others` must outlive this. `version` is the program's, for the OpenAPI document.
    Composition(const domain::Services& services, std::string_view version, Observed others);
    Composition(const Composition&) = delete;
    Composition& operator=(const Composition&) = delete;

    /// Every face but those for who runs the server.
    std::vector<http::Face> all();
    /// `/readyz`.
    http::Face readiness();
    /// `/metrics` of `observed`, which may be another server than the one that answers there.
    http::Face metrics(const http::Server& observed);
    /// Whose request it is, as far as lies in memory; nobody's for strangers.
    http::Owner owner_of(const http::Request& request) const;
    /// Where the process adds what it tells of itself, before `metrics` answers.
    MetricRegistry& registry() { return metrics_.registry(); }
    /// Counts a finished exchange.
    void observe(const http::Exchange& exchange) { metrics_.observe(exchange); }

private:
    const domain::Services& services_;
    const Observed others_;
    operations::Registry registry_;
    admission::Pipeline pipeline_;
    operations::Dispatcher dispatcher_;
    stac::Apis stac_;
    std::string openapi_;
    Metrics metrics_;
};

} // namespace landfall::faces
