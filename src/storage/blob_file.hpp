#pragma once
/// The file behind a blob: written with digests on the way, read by position.

#include "core/descriptor.hpp"
#include "storage/digester.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace landfall::storage {

/// An open file, or the end of one from `offset` on, that takes a blob's or a part's bytes. After a failure every call
/// fails in the same way. One thread at a time.
class BlobFile {
public:
    BlobFile(Descriptor file, const HashPool& pool, std::int64_t offset = 0);

    Status append(std::span<const std::byte> bytes);
    Result<BlobInfo> digest(const std::string& key);
    /// Everything appended is on the disk on return; nothing may follow.
    Status sync();

    std::int64_t size() const { return size_; } ///< bytes appended

private:
    Status write_behind();
    Status failed(Error error);

    Descriptor file_;
    Digester digester_;
    const std::int64_t offset_;
    std::int64_t size_ = 0;
    std::int64_t sent_ = 0; ///< up to here writing back has been started
    std::optional<Error> failure_;
};

/// Reads a file that no longer changes. Thread-safe.
class FileBlobReader final : public BlobReader {
public:
    FileBlobReader(Descriptor file, std::int64_t size) : file_(std::move(file)), size_(size) {}

    std::int64_t size() const override { return size_; }
    Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override;
    std::optional<int> descriptor() const override { return file_.get(); }

private:
    Descriptor file_;
    std::int64_t size_;
};

/// Writes what a file holds, from its start to its end.
Status write_file_to(BlobWriter& writer, int fd);

} // namespace landfall::storage
