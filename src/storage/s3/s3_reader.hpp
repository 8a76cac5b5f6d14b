#pragma once
/// Reads a blob of an S3 store: ranges of the object that was found when it was opened, and of no other.

#include "storage/object_store.hpp"
#include "storage/s3/s3_shared.hpp"

#include <memory>
#include <string>

namespace landfall::storage {

std::shared_ptr<const BlobReader> make_s3_reader(std::shared_ptr<S3Shared> shared, std::string object_key,
                                                 ObjectHead head);

} // namespace landfall::storage
