#pragma once
/// The face of WMTS clients: `/api/v1/items/{id}/wmts` by key-value pairs, `/api/v1/items/{id}/wmts/1.0.0/…` as REST
/// (OGC 07-057r7, sections 8 and 10). Both run the operations `items.tile.wmts_*`.

#include "http/server/face.hpp"
#include "operations/registry/dispatch.hpp"

namespace landfall::faces {

/// Adds the routes to the face of items; what they refuse is an ExceptionReport. The dispatcher must outlive the face.
void add_wmts(http::Face& face, operations::Dispatcher& dispatcher);

} // namespace landfall::faces
