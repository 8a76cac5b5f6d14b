#pragma once
/// Which object store this catalog's objects lie in.

#include "catalog/vocabulary.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

/// The name of the store; nothing before one was given.
Result<std::optional<std::string>> find_store_identity(Session& session);
/// Replaces the name.
Status put_store_identity(Session& session, std::string_view name, Timestamp at);

} // namespace landfall::catalog
