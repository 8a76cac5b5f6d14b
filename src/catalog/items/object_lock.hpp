#pragma once
/// Turns at one stored object.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"

namespace landfall::catalog {

/// Holds the object until the transaction ends, so that whoever counts its assets and whoever adds or deletes one come
/// after one another (PostgreSQL; SQLite has one writer). Several are locked in the order of their ids.
Status lock_object(Session& session, const OrganizationId& organization, const ObjectId& id);

} // namespace landfall::catalog
