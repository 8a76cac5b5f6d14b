#pragma once
/// Liveness, readiness and the published documents.

#include "domain/context.hpp"
#include "http/server/face.hpp"

#include <string>

namespace landfall::faces {

/// `/healthz`, `/readyz`, `/openapi.json` and the schema of lineage; all without credentials. Refuses with problem
/// documents. The services must outlive the face.
http::Face system_face(const domain::Services& services, std::string openapi);

} // namespace landfall::faces
