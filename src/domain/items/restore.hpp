#pragma once
/// Bringing deleted items back. Contract: extensions.md "Catalog".

#include "catalog/items/item.hpp"
#include "domain/context.hpp"

namespace landfall::domain {

/// Composes the texts of an item anew whose row changed outside of a call, and stores both. Aborted if it changed
/// meanwhile.
Status restate(catalog::Transaction& transaction, catalog::ItemRow& item, Timestamp now);

/// Makes a deleted item live again, with the assets that were deleted with it; without its collection if that is gone.
/// A live one is left alone. NotFound once it is purged, PaymentRequired if its bytes do not fit the quota, Conflict if
/// another item has its stac_id, and for one that is past the retention of the free plan.
Result<catalog::ItemRow> restore_item(Context& cx, const ItemId& id);

} // namespace landfall::domain
