#pragma once
/// The Geopera face: `POST /v1/op/{id}` and its path alias; and what every face shares that runs operations.
/// Contract: geopera.md sections 1 and 10.

#include "http/message/message.hpp"
#include "http/server/face.hpp"
#include "operations/registry/dispatch.hpp"

#include <span>
#include <string>

namespace landfall::faces {

/// `POST /v1/…`. Refuses with problem documents. The dispatcher must outlive the face.
http::Face operation_face(operations::Dispatcher& dispatcher);

/// Where an operation runs, by its pace; null is one that there is not.
http::Lane lane_of(const operations::Operation* operation);

/// Whether `?key=` stands in for the X-API-Key header: map clients cannot send headers.
enum class KeyInQuery { Refused, Allowed };
admission::Credentials credentials_of(const http::Request& request, KeyInQuery key);
/// Who calls, from where, and under which conditions: what every face hands to the pipeline.
admission::Request caller_of(const http::Request& request, KeyInQuery key);

/// Sets `X-Landfall-Warning` to each of the sentences.
void tell_warnings(http::Response& response, std::span<const std::string> sentences);

/// The answer to an outcome: with its own status and headers, or the problem.
http::Response respond(const operations::Operation& operation, operations::Outcome outcome,
                       const http::Request& request);

} // namespace landfall::faces
