#pragma once
/// The embedded object store's face: `/storage/{bucket}/{key}?X-Amz-…`, reached only through presigned URLs and
/// answering as S3 does. Design: section 7.

#include "domain/context.hpp"
#include "http/server/face.hpp"

namespace landfall::faces {

/// PUT, GET and HEAD. Refuses with S3's error documents. The services must outlive the face.
http::Face storage_face(const domain::Services& services);

} // namespace landfall::faces
