#pragma once
/// The OpenAPI 3.1 document, derived from the registry. Contract: geopera.md section 1.1.

#include "operations/registry/registry.hpp"
#include "schema/json.hpp"

#include <span>
#include <string_view>

namespace landfall::operations {

/// An address of a face where a GET runs an operation.
struct GetAddress {
    std::string_view path; ///< a template; what stands in braces are fields of the operation
    std::string_view operation;
    std::span<const std::string_view> query{}; ///< the fields that are query parameters
    bool redirects = false;                    ///< answers 302 to where the bytes are, not the operation's own answer
};

/// Of operations only the `/v1/op/{id}` form is listed: clients make their lists of operations from it. The addresses
/// come after them.
Json openapi_document(const Registry& registry, std::string_view version, std::span<const GetAddress> addresses = {});

} // namespace landfall::operations
