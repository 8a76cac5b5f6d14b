#pragma once
/// The end of sessions, for whatever makes them end.

#include "catalog/transaction.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <cstdint>

namespace landfall::domain {

/// Ends every session of a user or a key at once, on all servers: how many. For whoever changes a password, disables,
/// deletes; what caches hold of the user's organizations is forgotten.
Result<std::int64_t> end_sessions(catalog::Transaction& transaction, const UserId& user, Timestamp now);
Result<std::int64_t> end_sessions(catalog::Transaction& transaction, const ApiKeyId& key, Timestamp now);

} // namespace landfall::domain
