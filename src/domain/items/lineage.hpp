#pragma once
/// Lineage: what came from what, written in the transaction that makes it. Contract: geopera.md section 12.

#include "catalog/items/provenance.hpp"
#include "domain/context.hpp"

namespace landfall::domain {

/// Records that `derived` came from `origin` in this call.
Status record_origin(Context& cx, const catalog::Entity& derived, const catalog::Entity& origin);

/// The graph around an entity that the caller may see. NotFound for unknown and foreign ones.
Result<catalog::Lineage> lineage_of(Context& cx, const catalog::LineageQuery& query);

} // namespace landfall::domain
