#pragma once
/// The documentation as pages.

#include "http/server/face.hpp"
#include "serving/published.hpp"

namespace landfall::faces {

/// `/docs`: the guides, and the references of operations, commands, errors, sign-in and metrics, as they are of this
/// version. Pages load nothing but the stylesheet. The services behind `published` must outlive the face.
http::Face docs_face(const serving::Published& published);

} // namespace landfall::faces
