#include "backup/folder.hpp"

#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace landfall::backup {
namespace {

constexpr const char* kLock = "backup.lock";
constexpr const char* kObjects = "objects";
constexpr std::string_view kUnfinished = ".part";
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

bool is_dots(std::string_view name) {
    return name == "." || name == "..";
}

/// The directory of that name, made if it is missing.
Descriptor make_directory(int in, const std::string& name) {
    if (::mkdirat(in, name.c_str(), kFolderMode) != 0 && errno != EEXIST)
        return Descriptor();
    return Descriptor(::openat(in, name.c_str(), kDirectory));
}

} // namespace

tl::unexpected<Error> Folder::failed(std::string_view doing) const {
    const int error = errno;
    return fail(
        error == ENOENT ? Code::NotFound : Code::Unavailable,
        fmt::format("The backup at {} cannot be used: {}: {}", path_, doing, std::generic_category().message(error)));
}

Result<Folder> Folder::begin(const std::string& path) {
    std::error_code error;
    const auto above = std::filesystem::path(path).parent_path();
    if (!above.empty())
        std::filesystem::create_directories(above, error);
    if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST)
        return Folder(path, Descriptor()).failed("the folder cannot be made");
    TRY(auto folder, open(path));
    CHECK_OK(folder.lock());
    // Of a folder that was there before; where it is another user's, its files are private still.
    (void)::fchmod(folder.root_.get(), kFolderMode);
    return folder;
}

Result<Folder> Folder::open(const std::string& path) {
    // The path is the operator's own, so links in it are followed.
    Folder folder(path, Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    if (!folder.root_)
        return folder.failed("the folder cannot be opened");
    return folder;
}

Status Folder::lock() {
    TRY(const auto names, storage::names_in(root_.get()));
    const bool ours = std::ranges::find(names, kLock) != names.end();
    const bool empty = std::ranges::all_of(names, is_dots);
    if (!ours && !empty)
        return fail(Code::Conflict, path_ + " holds other things than a backup. Name an empty or a new folder");
    lock_ = Descriptor(::openat(root_.get(), kLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!lock_)
        return failed("it cannot be written");
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(Code::Conflict, "Another backup writes to " + path_ + ". Wait until it has ended");
    return {};
}

Result<Descriptor> Folder::open_in(int directory, const std::string& name) const {
    Descriptor file(::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status{};
    if (!file && errno != ELOOP)
        return failed(name + " cannot be opened");
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(Code::Conflict, fmt::format("{} in the backup at {} is no plain file", name, path_));
    return file;
}

Result<Descriptor> Folder::create_in(int directory, const std::string& name) const {
    if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT)
        return failed(name + " cannot be replaced");
    Descriptor file(::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!file)
        return failed(name + " cannot be written");
    return file;
}

Result<Descriptor> Folder::open_file(const std::string& name) const {
    return open_in(root_.get(), name);
}

Result<Descriptor> Folder::create_file(const std::string& name) const {
    return create_in(root_.get(), name);
}

Status Folder::rename_file(const std::string& from, const std::string& to) const {
    if (::renameat(root_.get(), from.c_str(), root_.get(), to.c_str()) != 0)
        return failed(from + " cannot be given its name");
    return {};
}

Status Folder::remove_file(const std::string& name) const {
    if (::unlinkat(root_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return failed(name + " cannot be removed");
    return {};
}

Result<std::vector<std::string>> Folder::file_names() const {
    TRY(auto names, storage::names_in(root_.get()));
    std::erase_if(names, is_dots);
    return names;
}

Result<Descriptor> Folder::open_shard(const std::string& key) const {
    const std::string doing = "the folder of object " + key + " cannot be opened";
    const Descriptor objects(::openat(root_.get(), kObjects, kDirectory));
    if (!objects)
        return failed(doing);
    Descriptor shard(::openat(objects.get(), storage::shard_of(key).c_str(), kDirectory));
    if (!shard)
        return failed(doing);
    return shard;
}

Result<Descriptor> Folder::open_object(const std::string& key) const {
    TRY(const auto shard, open_shard(key));
    return open_in(shard.get(), key);
}

Result<Descriptor> Folder::create_object(const std::string& key) const {
    const Descriptor objects = make_directory(root_.get(), kObjects);
    if (!objects)
        return failed("the folder of the objects cannot be made");
    const Descriptor shard = make_directory(objects.get(), storage::shard_of(key));
    if (!shard)
        return failed("the folder of object " + key + " cannot be made");
    return create_in(shard.get(), key + std::string(kUnfinished));
}

Status Folder::publish_object(const std::string& key) const {
    TRY(const auto shard, open_shard(key));
    if (::renameat(shard.get(), (key + std::string(kUnfinished)).c_str(), shard.get(), key.c_str()) != 0)
        return failed("object " + key + " cannot be given its name");
    return {};
}

Status Folder::remove_objects(const std::function<bool(const std::string& name)>& kept) const {
    const Descriptor objects(::openat(root_.get(), kObjects, kDirectory));
    if (!objects)
        return errno == ENOENT ? Status() : failed("the objects cannot be listed");
    TRY(const auto shards, storage::names_in(objects.get()));
    for (const std::string& name : shards) {
        const Descriptor shard(::openat(objects.get(), name.c_str(), kDirectory));
        if (is_dots(name) || !shard)
            continue;
        TRY(const auto files, storage::names_in(shard.get()));
        for (const std::string& file : files)
            if (!is_dots(file) && !kept(file) && ::unlinkat(shard.get(), file.c_str(), 0) != 0)
                return failed("object " + file + " cannot be removed");
    }
    return {};
}

Status Folder::sync() const {
    if (::syncfs(root_.get()) != 0)
        return failed("it cannot be brought to the disk");
    return {};
}

} // namespace landfall::backup
