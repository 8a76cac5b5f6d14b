#pragma once
/// Whether the objects that the catalog names are in the store, as far as a sample tells.

#include "database/database.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::domain {

struct ObjectSample {
    std::int64_t looked_at = 0;
    bool is_all = false;              ///< every object was looked at
    std::vector<std::string> missing; ///< each as a phrase: its blob, and an item and asset that show it
};

/// Looks at all objects where they are a few thousand, else at slices over all of them by their age; always at those
/// that were noticed before. Reads no bytes.
Result<ObjectSample> sample_objects(const database::Database& database, const storage::ObjectStore& store);

} // namespace landfall::domain
