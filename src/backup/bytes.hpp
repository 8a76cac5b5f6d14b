#pragma once
/// Bytes on their way into a backup and out of it, and what they were.

#include "backup/folder.hpp"
#include "core/result.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <string>

namespace landfall::backup {

/// Length and digest of what was read.
struct Facts {
    std::int64_t bytes = 0;
    std::string sha256; ///< hexadecimal
    friend bool operator==(const Facts&, const Facts&) = default;
};

/// Of a file, from its beginning.
Result<Facts> facts_of(int file);
/// Of a blob of a store.
Result<Facts> facts_of_blob(const storage::BlobReader& blob);
/// Of a file as the disk holds it, as far as the system can be made to forget what it has in memory.
Result<Facts> facts_on_disk(int file);
/// Of a blob of a store, copied into an empty file.
Result<Facts> copy_blob(const storage::BlobReader& from, const Folder& folder, int to);
/// Of a file, from its beginning, copied into a blob.
Result<Facts> copy_file(int from, storage::BlobWriter& to);
/// Of a file, from its beginning, copied into an empty file.
Result<Facts> copy_file(int from, int to);

/// Unavailable: the backup's own disk is full or fails.
Error cannot_write(const Folder& folder, const Error& why);

} // namespace landfall::backup
