#pragma once
/// Geometries as bodies and queries give them: GeoJSON, and well-known text where it is tolerated. Contract:
/// swisstopo.md sections 10 and 17.

#include "core/result.hpp"
#include "schema/json.hpp"

namespace landfall::stac {

/// The GeoJSON geometry; of well-known text, if that is what it is. The name of its type may have letters of any case.
/// InvalidArgument with a sentence for what is none, and for positions off the globe.
Result<Json> read_geometry(const Json& given);

} // namespace landfall::stac
