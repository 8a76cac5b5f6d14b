#pragma once
/// The object store that the settings name.

#include "app/config.hpp"
#include "core/result.hpp"
#include "storage/object_store.hpp"

#include <memory>
#include <string>

namespace landfall::app {

/// Unavailable if a local one can't be made; InvalidArgument for settings that are none. One elsewhere is not asked.
Result<std::unique_ptr<storage::ObjectStore>> open_store(const Config& config);
/// Makes the bucket of the store where it is missing. InvalidArgument if the store has none.
Status create_bucket(const Config& config);
/// What people call it.
std::string store_name(const Config& config);

} // namespace landfall::app
