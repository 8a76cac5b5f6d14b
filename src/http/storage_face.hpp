#pragma once
/// The embedded object store's face: `/storage/{bucket}/{key}?X-Amz-…`, reached only through presigned URLs and
/// answering as S3 does. Design: section 7.

#include "domain/context.hpp"
#include "http/message/message.hpp"
#include "http/server/server.hpp"

#include <string_view>

namespace landfall::http {

/// Adds PUT, GET and HEAD. The services must outlive the server.
void add_storage_routes(Server& server, const domain::Services& services);

/// An S3 error document.
Response s3_problem(std::string_view code, std::string_view message, const Request& request);

/// Whether the request is one of this face, for the server's own refusals.
bool is_storage_path(const Request& request);

} // namespace landfall::http
