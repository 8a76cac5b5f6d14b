#pragma once
/// Writes a blob to an S3 store: a small one in one go, a large one in parts that are sent while more bytes come.

#include "storage/object_store.hpp"
#include "storage/s3/multipart.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace landfall::storage {

/// The largest body that is stored without parts of the client's own.
inline constexpr std::int64_t kLargestS3Body = 600LL << 30U;

/// Bytes of the parts of a body of `size` bytes: 8 MiB, and as many as it takes to make do with ten thousand parts.
std::int64_t s3_part_size(std::optional<std::int64_t> size);

/// Conflict if the key is taken, or being written by this store; PayloadTooLarge beyond what parts can hold.
Result<std::unique_ptr<BlobWriter>> open_s3_writer(const std::shared_ptr<S3Shared>& shared, std::string_view key,
                                                   std::optional<std::int64_t> size);

} // namespace landfall::storage
