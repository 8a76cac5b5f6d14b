#pragma once
/// Bringing a finished file into the object store.

#include "storage/object_store.hpp"

#include <memory>
#include <string>

namespace landfall::domain {

/// A durable blob whose writer is still held: no sweep removes it before this goes.
struct HeldBlob {
    std::unique_ptr<storage::BlobWriter> writer;
    storage::BlobInfo info;
};

/// Copies the file at `path` into the store under a new key.
Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const std::string& path);

} // namespace landfall::domain
