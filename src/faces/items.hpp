#pragma once
/// The face of map clients: GET `/api/v1/items/{id}/…` for tiles, TileJSON, the STAC document, and the way to an
/// asset's bytes, and `/api/v1/collections/{id}/stac.json`. All run operations.

#include "http/server/face.hpp"
#include "operations/registry/dispatch.hpp"
#include "operations/registry/openapi.hpp"

#include <span>

namespace landfall::faces {

/// Refuses with problem documents. The dispatcher must outlive the face.
http::Face item_face(operations::Dispatcher& dispatcher);

/// Its addresses, for the OpenAPI document.
std::span<const operations::GetAddress> item_addresses();

} // namespace landfall::faces
