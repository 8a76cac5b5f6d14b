#pragma once
/// Liveness, readiness and the published documents.

#include "domain/context.hpp"
#include "http/server/face.hpp"
#include "serving/published.hpp"

#include <string>

namespace landfall::faces {

/// `/healthz`, `/openapi.json` and the schema of lineage; all without credentials. Refuses with problem documents. The
/// services behind `published` must outlive the face.
http::Face system_face(const serving::Published& published, const std::string& openapi);

/// `/readyz`, without credentials: looks three times a second at most. The services must outlive the face.
http::Face readiness_face(const domain::Services& services);

} // namespace landfall::faces
