#pragma once
/// The embedded object store's face: `/storage/{bucket}/{key}?X-Amz-…`, reached only through presigned URLs and
/// answering as S3 does. Design: section 7.

#include "domain/context.hpp"
#include "http/message/message.hpp"
#include "http/server/server.hpp"

#include <string_view>

namespace landfall::faces {

/// Adds PUT, GET and HEAD. The services must outlive the server.
void add_storage_routes(http::Server& server, const domain::Services& services);

/// An S3 error document.
http::Response s3_problem(std::string_view code, std::string_view message, const http::Request& request);

/// Whether the request is one of this face, for the server's own refusals.
bool is_storage_path(const http::Request& request);

} // namespace landfall::faces
