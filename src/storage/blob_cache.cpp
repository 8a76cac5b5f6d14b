#include "storage/blob_cache.hpp"

#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::size_t kFetchStep = std::size_t{1} << 20U; ///< bytes
constexpr mode_t kFileMode = 0440;                        ///< a worker must not change what others read

Error no_space(const Error& error) {
    return Error{Code::Unavailable, "A stored file could not be fetched for the workers. Free space on the disk of the "
                                    "data folder, then try again."}
        .because(error.cause);
}

Error out_of_bounds(std::int64_t size, std::int64_t bound) {
    return Error{Code::Unavailable, "The files in use fill the cache of fetched files. Try again later or raise "
                                    "limits.blob_cache_bytes."}
        .because(fmt::format("{} bytes wanted, {} allowed", size, bound));
}

} // namespace

/// One fetched file. All but path and size is guarded by the cache's mutex.
struct BlobCache::Entry {
    std::string path;
    std::int64_t size = 0;
    bool ready = false;
    std::optional<Error> failure;
    int leases = 0;
    std::uint64_t used = 0; ///< when last: a greater number is later
};

BlobCache::BlobCache(const ObjectStore& store, Options options) : store_(store), options_(std::move(options)) {}

BlobCache::~BlobCache() = default;

Result<std::unique_ptr<BlobCache>> BlobCache::open(const ObjectStore& store, Options options) {
    std::error_code error;
    std::filesystem::remove_all(options.directory, error);
    if (error)
        return fail(store_failure(error.value(), "clear " + options.directory));
    return std::unique_ptr<BlobCache>(new BlobCache(store, std::move(options)));
}

std::int64_t BlobCache::bytes() const {
    const Lock lock(mutex_);
    return bytes_;
}

Result<BlobCache::Lease> BlobCache::lease(std::string_view key) {
    CHECK_OK(check_blob_key(key));
    TRY(const auto blob, store_.open(key));
    if (const auto own = blob->descriptor()) {
        Lease lease(*own, blob->size());
        lease.hold_ = std::const_pointer_cast<BlobReader>(blob);
        return lease;
    }
    TRY(const auto entry, claim(std::string(key), *blob));
    return open_entry(entry);
}

Status BlobCache::place(std::string_view key, const std::string& path) {
    if (const auto* links = store_.links()) {
        TRY(const bool linked, links->link(key, path));
        if (linked)
            return {};
    }
    TRY(const auto file, lease(key));
    if (!file.path_.empty() && ::link(file.path_.c_str(), path.c_str()) == 0)
        return {};
    return copy_to_new_file(file.descriptor(), path);
}

/// The entry of the key, leased once more: fetched here unless somebody has it or is at it.
Result<std::shared_ptr<BlobCache::Entry>> BlobCache::claim(const std::string& key, const BlobReader& blob) {
    const Lock lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) {
        auto entry = found->second;
        ++entry->leases;
        entry->used = ++uses_;
        while (!entry->ready && !entry->failure)
            changed_.wait(mutex_);
        if (entry->failure)
            return fail(*entry->failure);
        return entry;
    }
    CHECK_OK(make_room(blob.size()));
    auto entry = std::make_shared<Entry>();
    entry->path = fmt::format("{}/{}.{}", options_.directory, key, ++serial_);
    entry->size = blob.size();
    entry->leases = 1;
    entry->used = ++uses_;
    bytes_ += entry->size;
    entries_.emplace(key, entry);
    Status fetched;
    {
        const Unlock meanwhile(mutex_);
        fetched = fetch(blob, *entry);
    }
    if (fetched) {
        entry->ready = true;
    } else {
        entry->failure = fetched.error();
        bytes_ -= entry->size;
        entries_.erase(key);
    }
    changed_.notify_all();
    if (!fetched)
        return fail(fetched.error());
    return entry;
}

Status BlobCache::fetch(const BlobReader& blob, const Entry& entry) const {
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    if (error)
        return fail(no_space(store_failure(error.value(), "create " + options_.directory)));
    const std::string unfinished = entry.path + ".tmp";
    const Descriptor file(::open(unfinished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (!file)
        return fail(no_space(store_failure(errno, "create " + unfinished)));
    const auto copied = [&]() -> Status {
        std::vector<std::byte> buffer(kFetchStep);
        const auto stream = blob.stream(0, entry.size);
        for (std::int64_t at = 0; at < entry.size;) {
            TRY(const std::size_t got, stream->read(buffer));
            if (got == 0)
                return fail(Error{Code::Unavailable, "The object store broke off. Try again later."});
            if (const auto wrote = write_fully(file.get(), at, std::span(buffer).first(got)); !wrote)
                return fail(no_space(wrote.error()));
            at += static_cast<std::int64_t>(got);
        }
        if (::rename(unfinished.c_str(), entry.path.c_str()) != 0)
            return fail(no_space(store_failure(errno, "rename " + unfinished)));
        return {};
    }();
    if (!copied)
        ::unlink(unfinished.c_str());
    return copied;
}

/// Takes the longest unused files away until so many bytes fit. They have no leases, so nobody misses them.
Status BlobCache::make_room(std::int64_t bytes) {
    if (options_.bytes <= 0)
        return {};
    while (bytes_ + bytes > options_.bytes) {
        auto oldest = entries_.end();
        for (auto at = entries_.begin(); at != entries_.end(); ++at)
            if (at->second->leases == 0 && (oldest == entries_.end() || at->second->used < oldest->second->used))
                oldest = at;
        if (oldest == entries_.end())
            return fail(out_of_bounds(bytes, options_.bytes));
        ::unlink(oldest->second->path.c_str());
        bytes_ -= oldest->second->size;
        entries_.erase(oldest);
    }
    return {};
}

Result<BlobCache::Lease> BlobCache::open_entry(const std::shared_ptr<Entry>& entry) {
    std::shared_ptr<void> hold(entry.get(), [this, entry](void*) { release(entry); });
    Descriptor file(::open(entry->path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file)
        return fail(store_failure(errno, "open " + entry->path));
    Lease lease(file.get(), entry->size);
    lease.file_ = std::move(file);
    lease.path_ = entry->path;
    lease.hold_ = std::move(hold);
    return lease;
}

void BlobCache::release(const std::shared_ptr<Entry>& entry) {
    const Lock lock(mutex_);
    --entry->leases;
}

} // namespace landfall::storage
