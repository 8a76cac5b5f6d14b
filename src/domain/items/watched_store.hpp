#pragma once
/// A store that tells which blobs were asked for and are not there.

#include "storage/object_store.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace landfall::domain {

/// `real` with a word for each blob that could not be opened or linked because there is none. `missing` is called on
/// the thread that asked, and must not wait.
std::unique_ptr<storage::ObjectStore> watch_store(std::unique_ptr<storage::ObjectStore> real,
                                                  std::function<void(std::string_view key)> missing);

} // namespace landfall::domain
