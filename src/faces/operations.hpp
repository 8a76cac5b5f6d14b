#pragma once
/// The Geopera face: `POST /v1/op/{id}` and its path alias; and what every face shares that runs operations.
/// Contract: geopera.md sections 1 and 10.

#include "http/message/message.hpp"
#include "http/server/face.hpp"
#include "operations/registry/dispatch.hpp"
#include "serving/caller.hpp"

#include <span>
#include <string>

namespace landfall::faces {

/// `POST /v1/…`. Refuses with problem documents. The dispatcher must outlive the face. `public_url`: the server's own
/// origin, if the operator named it; pages of it may call with the cookie of a browser.
http::Face operation_face(operations::Dispatcher& dispatcher, const std::string& public_url = {});

/// Where an operation runs, by its pace; null is one that there is not.
http::Lane lane_of(const operations::Operation* operation);

/// Sets `X-Landfall-Warning` to each of the sentences.
void tell_warnings(http::Response& response, std::span<const std::string> sentences);

/// The answer to an outcome: with its own status and headers, or the problem.
http::Response respond(const operations::Operation& operation, operations::Outcome outcome,
                       const http::Request& request);

} // namespace landfall::faces
