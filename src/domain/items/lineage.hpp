#pragma once
/// Lineage: what came from what, written in the transaction that makes it. Contract: geopera.md section 12.

#include "catalog/items/item.hpp"
#include "catalog/items/provenance.hpp"
#include "domain/context.hpp"

namespace landfall::domain {

/// Records that `derived` came from `origin` in this call.
Status record_origin(Context& cx, const catalog::Entity& derived, const catalog::Entity& origin);

/// The graph around an entity that the caller may see. NotFound for unknown and foreign ones.
Result<catalog::Lineage> lineage_of(Context& cx, const catalog::LineageQuery& query);

/// The items that an item came from (Up, in `parents`) or that came from it (Down, in `children`), also by way of jobs,
/// assets and the like: an array of {item_id, name, type, relation, depth, parents or children}. Name and type are null
/// where the item is purged or the caller may not read its project. Bounded as `lineage_of` is.
Result<Json> item_lineage(Context& cx, const catalog::ItemRow& item, catalog::LineageDirection direction);

} // namespace landfall::domain
