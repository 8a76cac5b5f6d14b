#pragma once
/// A blob between the store and the row that will name it.

#include "storage/object_store.hpp"

#include <memory>
#include <string_view>

namespace landfall::domain {

/// A durable blob whose writer is still held: no sweep removes it before this goes.
struct HeldBlob {
    std::unique_ptr<storage::BlobWriter> writer;
    storage::BlobInfo info;
};

/// Stores bytes under a new key.
Result<HeldBlob> hold_bytes(storage::ObjectStore& store, std::string_view bytes);

} // namespace landfall::domain
