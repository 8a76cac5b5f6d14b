#pragma once
/// Where stored bytes live. A blob is immutable: it is written once under a key of our making, and then only read
/// or removed. The catalog decides what a blob means; the store knows nothing of items, uploads or tenants.

#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landfall::storage {

/// What is known of a blob once it is durable.
struct BlobInfo {
    std::string key;
    std::int64_t size = 0; ///< bytes
    std::string md5;       ///< raw, 16 bytes; of a blob of parts, that of their MD5s
    std::string sha256;    ///< raw, 32 bytes; empty for a blob of parts
    int parts = 0;         ///< of how many it was put together; 0: written in one go
};

/// A blob being written. Destroying it before `finish` succeeded leaves nothing behind. One thread at a time.
/// As long as it lives, `list` tells every process that its blob is being written, after `finish` too: keep it until
/// the row that names the blob is committed, and no sweeper will come in between.
class BlobWriter {
public:
    virtual ~BlobWriter() = default;
    /// Appends bytes; computes MD5 and SHA-256 on the way. Unavailable if the store is full or fails.
    virtual Status write(std::span<const std::byte> bytes) = 0;
    /// Digests of everything written so far, without publishing: lets the caller verify `Content-MD5` first.
    virtual Result<BlobInfo> digest() = 0;
    /// Makes the blob durable (fsync of file and directory) and readable under its key. Conflict if the key has been
    /// taken meanwhile; Unavailable if the store is full or fails. Only once.
    virtual Result<BlobInfo> finish() = 0;
};

/// Bytes of a blob one after the other. One thread at a time.
class BlobStream {
public:
    virtual ~BlobStream() = default;
    /// The next bytes, at most `into.size()`; 0 at the end. Unavailable if the store fails.
    virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// A blob open for reading. Thread-safe.
class BlobReader {
public:
    virtual ~BlobReader() = default;
    virtual std::int64_t size() const = 0;
    /// Reads up to `into.size()` bytes at `offset`; fewer only at the end.
    virtual Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const = 0;
    /// `length` bytes from `offset` on, within the blob, asked for ahead where that helps. The reader must outlive it.
    virtual std::unique_ptr<BlobStream> stream(std::int64_t offset, std::int64_t length) const;
    /// A descriptor for sendfile and pread, valid as long as this reader; nothing where the bytes are no local file.
    /// Whoever needs one whatever the store leases it from a BlobCache.
    virtual std::optional<int> descriptor() const { return std::nullopt; }
};

/// A blob as `list` tells it.
struct BlobEntry {
    std::string key;
    std::int64_t size = 0;
    std::chrono::seconds age{0};
    bool being_written = false; ///< a live writer holds it: never remove
    bool unfinished = false;    ///< what a writer that is gone has left, or writes still
};

class PartStore;

/// Of a store whose blobs are files that can be linked. Thread-safe.
class LinkStore {
public:
    virtual ~LinkStore() = default;
    /// Whether a hard link to the blob could be made at `path`: not across file systems. The file is the blob itself
    /// and must stay unchanged. Conflict if `path` exists, NotFound without a blob.
    virtual Result<bool> link(std::string_view key, const std::string& path) const = 0;
};

/// What every store can do, and what some offer beside it. Keys are `[a-z0-9_]{4,64}`. All members are thread-safe.
class ObjectStore {
public:
    virtual ~ObjectStore() = default;
    /// Begins a blob of `size` bytes, if that is known. Conflict if the key is taken or being written; PayloadTooLarge
    /// for more bytes than the store takes in one go.
    virtual Result<std::unique_ptr<BlobWriter>> create(std::string_view key, std::optional<std::int64_t> size) = 0;
    Result<std::unique_ptr<BlobWriter>> create(std::string_view key) { return create(key, std::nullopt); }
    /// NotFound if there is no such blob.
    virtual Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const = 0;
    /// Removes a blob, or what a writer that is gone has left of it; removing what is not there succeeds. Conflict
    /// while it is unfinished and its writer lives.
    virtual Status remove(std::string_view key) = 0;
    /// Calls `visit` for every blob and every unfinished leftover, in no particular order. `visit` may
    /// call `remove`.
    virtual Status list(const std::function<void(const BlobEntry&)>& visit) const = 0;

    /// Null where blobs are no files.
    virtual const LinkStore* links() const { return nullptr; }
    /// Null where blobs can't be put together from parts.
    virtual PartStore* parts() { return nullptr; }
};

/// Blobs as files under `directory` (created if missing). Unavailable if that fails. Several processes may use one
/// directory at the same time.
Result<std::unique_ptr<ObjectStore>> open_local_store(const std::string& directory);

/// Blobs in memory, gone with the process: for tests. As those of a store elsewhere, they are no files.
std::unique_ptr<ObjectStore> make_memory_store();

} // namespace landfall::storage
