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

enum class Backing {
    Disk,  ///< unwritten pages are sent to the disk while more bytes arrive
    Memory ///< there is nothing to send
};

/// An empty open file that takes a blob's bytes. After a failure every call fails in the same way. One thread at a
/// time.
class BlobFile {
public:
    BlobFile(Descriptor file, const HashPool& pool, Backing backing);

    Status append(std::span<const std::byte> bytes);
    Result<BlobInfo> digest(const std::string& key);
    /// Everything appended is on the disk on return; nothing may follow.
    Status sync();

    int descriptor() const { return file_.get(); }

private:
    Status write_behind();
    Status failed(Error error);

    Descriptor file_;
    Digester digester_;
    Backing backing_;
    std::int64_t size_ = 0;
    std::int64_t sent_ = 0; ///< up to here writing back has been started
    std::optional<Error> failure_;
};

/// A writer of a blob behind a file, whatever its store does with the file in the end.
class FileBlobWriter : public BlobWriter {
public:
    Status write(std::span<const std::byte> bytes) final;
    /// Begins with what `finish` needs anyway: the disk and the hash thread then work at the same time.
    Result<BlobInfo> digest() final;
    Result<BlobInfo> finish() final;

protected:
    FileBlobWriter(std::shared_ptr<const HashPool> pool, std::string key, Descriptor file, Backing backing);
    const std::string& key() const { return key_; }
    int descriptor() const { return file_.descriptor(); }
    bool finished() const { return finished_; }
    /// Makes the file, all of which is on the disk, the blob of `key`. Conflict if the key is taken.
    virtual Status publish(const BlobInfo& info) = 0;

private:
    std::shared_ptr<const HashPool> pool_;
    std::string key_;
    BlobFile file_; // holds the lock of a file on disk until the writer goes
    bool finished_ = false;
};

/// Reads a file that no longer changes. Thread-safe.
class FileBlobReader final : public BlobReader {
public:
    FileBlobReader(Descriptor file, std::int64_t size) : file_(std::move(file)), size_(size) {}

    std::int64_t size() const override { return size_; }
    Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override;
    int descriptor() const override { return file_.get(); }

private:
    Descriptor file_;
    std::int64_t size_;
};

/// Writes what a file holds, from its start to its end.
Status write_file_to(BlobWriter& writer, int fd);

} // namespace landfall::storage
