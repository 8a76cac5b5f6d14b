#pragma once
/// The realm: `/realms/public/…`, where callers become known. Contract: geopera.md section 2. Spec: RFC 6749, 7009,
/// 7662, 8414, 8628; OpenID Connect Core section 5.3.

#include "admission/pipeline.hpp"
#include "domain/context.hpp"
#include "http/server/face.hpp"

namespace landfall::faces {

/// Both must outlive the face.
http::Face realm_face(const domain::Services& services, admission::Pipeline& pipeline);

} // namespace landfall::faces
