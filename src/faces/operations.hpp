#pragma once
/// The Geopera face: `POST /v1/op/{id}` and its path alias, and the GET faces for map clients. All run operations.
/// Contract: geopera.md sections 1 and 10.

#include "http/message/message.hpp"
#include "http/server/server.hpp"
#include "operations/registry/dispatch.hpp"

#include <map>
#include <string>

namespace landfall::faces {

/// Adds the routes. The dispatcher must outlive the server.
void add_operation_routes(http::Server& server, operations::Dispatcher& dispatcher);
/// GET `/api/v1/items/{id}/…`: tiles, TileJSON, the STAC document, and the way to an asset's bytes.
void add_item_routes(http::Server& server, operations::Dispatcher& dispatcher);

/// Whether `?key=` stands in for the X-API-Key header: map clients cannot send headers.
enum class KeyInQuery { Refused, Allowed };
/// Who calls, from where, and under which conditions: what every face hands to the pipeline.
admission::Request caller_of(const http::Request& request, KeyInQuery key);

/// The answer to an outcome: with its own status and headers, or the problem.
http::Response respond(const operations::Operation& operation, operations::Outcome outcome,
                       const http::Request& request);

} // namespace landfall::faces
