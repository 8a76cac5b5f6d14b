#include "storage/local_directory.hpp"

#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"
#include "storage/refusals.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace landfall::storage {
namespace {

constexpr const char* kUnfinished = "tmp";
constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int kOpenBlob = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kBlobMode = 0440;
constexpr mode_t kDirectoryMode = 0750;
constexpr int kAttempts = 8;

/// Whether the lock was taken. Blocking ones wait only for a look at the lock, never for a writer.
bool lock_file(int fd, int how) {
    while (::flock(fd, how) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

bool has_name(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && status.st_nlink > 0;
}

/// Whether a writer, of any process, holds the file.
bool is_locked(int directory, const std::string& name) {
    const Descriptor file(::openat(directory, name.c_str(), kOpenBlob | O_NONBLOCK));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::optional<BlobEntry> describe(int directory, const std::string& name) {
    struct stat status{};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    BlobEntry entry{name, status.st_size};
    entry.age = std::chrono::seconds(std::max<std::time_t>(0, now - status.st_mtime));
    entry.being_written = is_locked(directory, name);
    return entry;
}

} // namespace

LocalDirectory::LocalDirectory(Descriptor root, Descriptor unfinished)
    : root_(std::move(root)), unfinished_(std::move(unfinished)), shards_(root_.get()) {}

Result<std::unique_ptr<LocalDirectory>> LocalDirectory::open(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        return fail(store_failure(error.value(), "create " + path));
    Descriptor root(::open(path.c_str(), kOpenDirectory));
    if (!root)
        return fail(store_failure(errno, "open " + path));
    if (::mkdirat(root.get(), kUnfinished, kDirectoryMode) != 0 && errno != EEXIST)
        return fail(store_failure(errno, "create the directory of unfinished objects in " + path));
    Descriptor unfinished(::openat(root.get(), kUnfinished, kOpenDirectory | O_NOFOLLOW));
    if (!unfinished)
        return fail(store_failure(errno, "open the directory of unfinished objects in " + path));
    if (::faccessat(unfinished.get(), ".", W_OK | X_OK, 0) != 0)
        return fail(store_failure(errno, "write to " + path));
    CHECK_OK(sync_file(root.get()));
    return std::unique_ptr<LocalDirectory>(new LocalDirectory(std::move(root), std::move(unfinished)));
}

Result<Descriptor> LocalDirectory::create_unfinished(const std::string& key) const {
    if (const auto blob = open_blob(key); blob)
        return key_taken();
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        Descriptor file(
            ::openat(unfinished_.get(), key.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kBlobMode));
        if (!file && errno != EEXIST)
            return fail(store_failure(errno, "create an unfinished object"));
        if (!file) {
            CHECK_OK(remove_leftover(key));
            continue;
        }
        if (!lock_file(file.get(), LOCK_EX))
            return fail(store_failure(errno, "lock an unfinished object"));
        // A sweeper may have taken the file for a leftover before it was locked: then it has lost its name.
        if (!has_name(file.get()))
            continue;
        if (::fchmod(file.get(), kBlobMode) != 0)
            return fail(store_failure(errno, "set the mode of an unfinished object"));
        return file;
    }
    return being_written();
}

Status LocalDirectory::publish(const std::string& key) {
    return publish_from(unfinished_.get(), key, key);
}

Status LocalDirectory::publish_from(int directory, const std::string& name, const std::string& key) {
    int error = rename_in(directory, name, key);
    if (error == ENOENT) {
        CHECK_OK(make_shard(shard_of(key)));
        error = rename_in(directory, name, key);
    }
    if (error == EEXIST)
        return key_taken();
    if (error != 0)
        return fail(store_failure(error, "publish an object"));
    auto synced = shards_.sync(shard_of(key));
    // A name that may not be durable must not be seen.
    if (!synced)
        static_cast<void>(remove(key));
    return synced;
}

Result<Descriptor> LocalDirectory::open_own(const std::string& name) const {
    if (::mkdirat(root_.get(), name.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
        return fail(store_failure(errno, "create directory " + name));
    CHECK_OK(sync_file(root_.get()));
    return open_shard(name);
}

void LocalDirectory::discard_unfinished(const std::string& key) const {
    ::unlinkat(unfinished_.get(), key.c_str(), 0);
}

Result<Descriptor> LocalDirectory::open_shard(const std::string& name) const {
    Descriptor shard(::openat(root_.get(), name.c_str(), kOpenDirectory | O_NOFOLLOW));
    if (!shard && errno == ENOENT)
        return no_such_object();
    if (!shard)
        return fail(store_failure(errno, "open directory " + name));
    return shard;
}

Status LocalDirectory::make_shard(const std::string& name) {
    if (::mkdirat(root_.get(), name.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
        return fail(store_failure(errno, "create directory " + name));
    // Also when another writer has just made it: its name may not be durable yet.
    return shards_.sync(".");
}

int LocalDirectory::rename_in(int directory, const std::string& name, const std::string& key) const {
    const Descriptor shard(::openat(root_.get(), shard_of(key).c_str(), kOpenDirectory | O_NOFOLLOW));
    if (!shard)
        return errno;
    if (::renameat2(directory, name.c_str(), shard.get(), key.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system without that flag: a link never replaces either.
    if (::linkat(directory, name.c_str(), shard.get(), key.c_str(), 0) != 0)
        return errno;
    return ::unlinkat(directory, name.c_str(), 0) == 0 ? 0 : errno;
}

Result<Descriptor> LocalDirectory::open_blob(const std::string& key) const {
    TRY(const auto shard, open_shard(shard_of(key)));
    Descriptor file(::openat(shard.get(), key.c_str(), kOpenBlob | O_NONBLOCK));
    if (!file && errno == ENOENT)
        return no_such_object();
    if (!file)
        return fail(store_failure(errno, "open an object"));
    return file;
}

Result<bool> LocalDirectory::link_out(const std::string& key, const std::string& path) const {
    TRY(const auto shard, open_shard(shard_of(key)));
    if (::linkat(shard.get(), key.c_str(), AT_FDCWD, path.c_str(), 0) == 0)
        return true;
    if (errno == EEXIST)
        return fail(Code::Conflict, "A file of that name exists already.");
    if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP || errno == ENOENT)
        return false;
    return fail(store_failure(errno, "link an object to " + path));
}

Result<bool> LocalDirectory::remove_leftover(const std::string& key) const {
    const Descriptor file(::openat(unfinished_.get(), key.c_str(), kOpenBlob | O_NONBLOCK));
    if (!file && errno == ENOENT)
        return false;
    if (!file)
        return fail(store_failure(errno, "open a leftover"));
    if (!lock_file(file.get(), LOCK_EX | LOCK_NB))
        return being_written();
    // Without a name it has been published or removed meanwhile; what stands there now is not this file.
    struct stat locked{}, named{};
    if (::fstat(file.get(), &locked) != 0 ||
        ::fstatat(unfinished_.get(), key.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || locked.st_ino != named.st_ino)
        return false;
    if (::unlinkat(unfinished_.get(), key.c_str(), 0) != 0 && errno != ENOENT)
        return fail(store_failure(errno, "remove a leftover"));
    return true;
}

Status LocalDirectory::remove(const std::string& key) const {
    const auto shard = open_shard(shard_of(key));
    if (!shard && shard.error().code != Code::NotFound)
        return fail(shard.error());
    if (shard) {
        if (::unlinkat(shard->get(), key.c_str(), 0) == 0)
            return {};
        if (errno != ENOENT)
            return fail(store_failure(errno, "remove an object"));
    }
    CHECK_OK(remove_leftover(key));
    return {};
}

Status LocalDirectory::list(const std::function<void(const BlobEntry&)>& visit) const {
    TRY(const auto names, names_in(root_.get()));
    for (const auto& name : names)
        if (name.size() == 2 && name != "..")
            CHECK_OK(list_one(name, visit));
    return list_one(kUnfinished, visit);
}

Status LocalDirectory::list_one(const std::string& directory,
                                const std::function<void(const BlobEntry&)>& visit) const {
    const Descriptor handle(::openat(root_.get(), directory.c_str(), kOpenDirectory | O_NOFOLLOW));
    if (!handle)
        return errno == ENOTDIR || errno == ENOENT || errno == ELOOP
                   ? Status{}
                   : fail(store_failure(errno, "open directory " + directory));
    TRY(const auto names, names_in(handle.get()));
    for (const auto& name : names) {
        if (!is_blob_key(name) || (directory != kUnfinished && shard_of(name) != directory))
            continue;
        if (auto entry = describe(handle.get(), name)) {
            entry->unfinished = directory == kUnfinished;
            visit(*entry);
        }
    }
    return {};
}

} // namespace landfall::storage
