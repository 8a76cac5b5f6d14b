#pragma once
/// How items go: out of sight, and later for good. Checks no roles: whoever calls has. Contract: geopera.md
/// sections 3.3 and 7.5.

#include "catalog/items/item.hpp"
#include "catalog/transaction.hpp"
#include "core/time.hpp"

#include <cstdint>

namespace landfall::domain {

/// Takes a live item, whose row the caller has locked, out of sight with its assets, ends its jobs and tells of it.
/// Gives the bytes that no asset holds any more which counts, for the caller to give back. NotFound if it is gone.
Result<std::int64_t> retire_item(catalog::Transaction& transaction, const catalog::ItemRow& item, Timestamp now);

/// Removes a deleted item for good, and gives its assets' objects back.
Status purge_item(catalog::Transaction& transaction, const catalog::DeletedItem& item, Timestamp now);

} // namespace landfall::domain
