#pragma once
/// The OpenAPI 3.1 document, derived from the registry. Contract: geopera.md section 1.1.

#include "operations/registry/registry.hpp"
#include "schema/json.hpp"

#include <string_view>

namespace landfall::operations {

/// Only the `/v1/op/{id}` form is listed: clients make their lists of operations from it.
Json openapi_document(const Registry& registry, std::string_view version);

} // namespace landfall::operations
