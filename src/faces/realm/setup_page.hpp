#pragma once
/// The page of the first start: whoever has the link that the server printed makes the first account, with its
/// organization and project, and is signed in. Decision: docs/decisions/0024-console.md.

#include "domain/context.hpp"
#include "http/server/face.hpp"

namespace landfall::faces {

/// `/setup`. `services` must outlive the face.
http::Face setup_face(const domain::Services& services);

} // namespace landfall::faces
