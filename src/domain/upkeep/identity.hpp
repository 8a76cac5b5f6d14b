#pragma once
/// Whether a catalog and an object store belong together. Where they do not, a sweep would take all objects for
/// orphans.

#include "catalog/transaction.hpp"
#include "storage/object_store.hpp"

namespace landfall::domain {

/// The key of the blob that names a store. No upload can have it, and no sweep removes it.
inline constexpr std::string_view kStoreIdentityKey = "store_identity";

/// Catalog and store carry one name, which the first start of both gives them; catalogs and stores from before there
/// were names are given one if they agree. Conflict if they are not each other's, with the ways out.
Status check_identity(const catalog::Transactor& transactor, storage::ObjectStore& store, Timestamp now);

/// Makes the catalog that of this store, whatever either said before.
Status adopt_store(const catalog::Transactor& transactor, storage::ObjectStore& store, Timestamp now);

} // namespace landfall::domain
