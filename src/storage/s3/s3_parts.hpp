#pragma once
/// Uploads of parts whose parts are those of the store's own multipart uploads.

#include "storage/part_store.hpp"
#include "storage/s3/s3_shared.hpp"

#include <memory>

namespace landfall::storage {

std::unique_ptr<PartStore> make_s3_parts(std::shared_ptr<S3Shared> shared);

} // namespace landfall::storage
