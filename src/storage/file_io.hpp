#pragma once
/// System calls on files as Results: retried when interrupted, never partial, errors as sentences.

#include "core/result.hpp"
#include "storage/object_store.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// Unavailable, with a sentence that fits the system's error number. `doing` names the step, for the log.
Error store_failure(int error_number, std::string_view doing);

/// Writes all bytes at `offset`.
Status write_fully(int fd, std::int64_t offset, std::span<const std::byte> bytes);

/// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file.
Result<std::size_t> read_fully(int fd, std::int64_t offset, std::span<std::byte> into);

/// Size of the file in bytes.
Result<std::int64_t> file_size(int fd);

/// Names in a directory, in no particular order, with `.` and `..`.
Result<std::vector<std::string>> names_in(int directory);

/// fsync.
Status sync_file(int fd);

/// Makes the empty file `to` hold what `from` holds: shares its blocks where the file system can, else copies.
Status copy_file(int from, int to);

/// Where in an open file.
struct FileSpot {
    int fd = -1;
    std::int64_t offset = 0;
};

/// Copies `length` bytes of a file from `offset` on, sharing blocks where the file system can. Unavailable if there are
/// fewer.
Status copy_range(int from, std::int64_t offset, std::int64_t length, const FileSpot& to);

/// A new file at `path`, mode 0440, holding what `from` holds. Conflict if `path` exists; leaves nothing on failure.
Status copy_to_new_file(int from, const std::string& path);

} // namespace landfall::storage
