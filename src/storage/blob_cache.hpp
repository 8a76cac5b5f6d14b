#pragma once
/// Stored bytes as local files, for workers, which know nothing but descriptors and folders.

#include "core/descriptor.hpp"
#include "core/mutex.hpp"
#include "storage/object_store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace landfall::storage {

/// Blobs of any store as local read-only files. Those of a store on this machine are its own files, without a copy;
/// those of another one are fetched into a folder of bounded size, each once however many ask at a time, and the
/// longest unused go first. Thread-safe.
class BlobCache {
public:
    struct Options {
        std::string directory;  ///< of this cache alone; made when it is first needed
        std::int64_t bytes = 0; ///< most that the folder holds; 0: no bound
    };

    /// Keeps a blob's local file. The descriptor is read-only and stays valid as long as the lease, which the cache
    /// must outlive.
    class Lease {
    public:
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) noexcept = default;
        int descriptor() const { return descriptor_; }
        std::int64_t size() const { return size_; } ///< bytes

    private:
        friend class BlobCache;
        Lease(int descriptor, std::int64_t size) : descriptor_(descriptor), size_(size) {}

        Descriptor file_; ///< of a fetched file
        int descriptor_;
        std::int64_t size_;
        std::string path_;           ///< of a fetched file
        std::shared_ptr<void> hold_; ///< what keeps it: the blob's reader, or the entry of the cache
    };

    /// Takes away what an earlier cache has left in the folder. Unavailable if that fails. `store` must outlive this.
    static Result<std::unique_ptr<BlobCache>> open(const ObjectStore& store, Options options);
    ~BlobCache();
    BlobCache(const BlobCache&) = delete;
    BlobCache& operator=(const BlobCache&) = delete;

    /// NotFound without such a blob; Unavailable if it can't be fetched, the disk is full, or what is leased leaves too
    /// little of the bound. Blocks while it fetches.
    Result<Lease> lease(std::string_view key);

    /// Brings the blob into `path` without copying where that can be, else by copying. The file is read-only and must
    /// stay unchanged: it may be the blob itself. Conflict if `path` exists; else as `lease`.
    Status place(std::string_view key, const std::string& path);

    /// Bytes in the folder, with those that are being fetched.
    std::int64_t bytes() const;

private:
    struct Entry;
    using Entries = std::map<std::string, std::shared_ptr<Entry>, std::less<>>;

    BlobCache(const ObjectStore& store, Options options);

    Result<std::shared_ptr<Entry>> claim(const std::string& key, const BlobReader& blob);
    Status fetch(const BlobReader& blob, const Entry& entry) const;
    Status make_room(std::int64_t bytes) REQUIRES(mutex_);
    Result<Lease> open_entry(const std::shared_ptr<Entry>& entry);
    void release(const std::shared_ptr<Entry>& entry);

    const ObjectStore& store_;
    const Options options_;
    mutable Mutex mutex_;
    Condition changed_;
    Entries entries_ GUARDED_BY(mutex_);
    std::int64_t bytes_ GUARDED_BY(mutex_) = 0;
    std::uint64_t uses_ GUARDED_BY(mutex_) = 0;   ///< counts up
    std::uint64_t serial_ GUARDED_BY(mutex_) = 0; ///< makes file names
};

} // namespace landfall::storage
