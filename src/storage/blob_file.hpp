#pragma once
/// The file behind a blob: written with digests on the way, read by position.

#include "storage/digester.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace landfall::storage {

enum class Backing {
    Disk,  ///< unwritten pages are sent to the disk while more bytes arrive
    Memory ///< there is nothing to send
};

/// An empty open file that takes a blob's bytes. After a failure every call fails in the same way. One thread at a
/// time.
class BlobFile {
public:
    BlobFile(FileHandle file, const HashPool& pool, Backing backing);

    Status append(std::span<const std::byte> bytes);
    Result<BlobInfo> digest(const std::string& key);
    /// Everything appended is on the disk on return; nothing may follow.
    Status sync();

    int descriptor() const { return file_.get(); }
    FileHandle take() { return std::move(file_); }

private:
    Status write_behind();
    Status failed(Error error);

    FileHandle file_;
    Digester digester_;
    Backing backing_;
    std::int64_t size_ = 0;
    std::int64_t sent_ = 0; ///< up to here writing back has been started
    std::optional<Error> failure_;
};

/// Reads a file that no longer changes. Thread-safe.
class FileBlobReader final : public BlobReader {
public:
    FileBlobReader(FileHandle file, std::int64_t size) : file_(std::move(file)), size_(size) {}

    std::int64_t size() const override { return size_; }
    Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override;
    int descriptor() const override { return file_.get(); }

private:
    FileHandle file_;
    std::int64_t size_;
};

/// Digests of what a file holds, from its start to its end.
Result<BlobInfo> digest_file(int fd, const std::string& key, const HashPool& pool);

/// Writes what a file holds, from its start to its end.
Status write_file_to(BlobWriter& writer, int fd);

} // namespace landfall::storage
