#include "cli/transfer/partial_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

tl::unexpected<Error> unwritable(std::string_view path, int error) {
    if (error == ENOSPC || error == EDQUOT)
        return fail(Code::Internal,
                    fmt::format("The disk of '{}' is full; free some space and run the command again", path));
    return fail(Code::Internal, fmt::format("'{}' can't be written; check the folder and its permissions", path));
}

} // namespace

DownloadTarget::DownloadTarget(Meter& meter) : meter_(meter), digester_(std::make_unique<storage::Digester>(pool_)) {}

void DownloadTarget::take_over(std::string_view bytes) {
    digester_->update(std::as_bytes(std::span(bytes)));
    size_ += static_cast<std::int64_t>(bytes.size());
    meter_.add(static_cast<std::int64_t>(bytes.size()));
}

Status DownloadTarget::append(std::string_view bytes) {
    CHECK_OK(store(bytes));
    take_over(bytes);
    return {};
}

Status DownloadTarget::restart() {
    if (size_ == 0)
        return {};
    CHECK_OK(erase());
    meter_.add(-size_);
    size_ = 0;
    digester_ = std::make_unique<storage::Digester>(pool_);
    return {};
}

Result<std::string> DownloadTarget::sha256() {
    TRY(auto digests, digester_->digest());
    return std::move(digests.sha256);
}

Result<std::unique_ptr<PartialFile>> PartialFile::open(const std::string& path, Earlier earlier, Meter& meter) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (descriptor < 0)
        return unwritable(path, errno);
    std::unique_ptr<PartialFile> file(new PartialFile(path, descriptor, meter));
    struct stat facts{};
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
        return fail(Code::Internal, fmt::format("'{}' is no regular file; remove it or choose another name", path));
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return fail(Code::Internal,
                    fmt::format("Another download writes to '{}'; wait for it or choose another name", path));
    if (earlier == Earlier::Keep)
        CHECK_OK(file->hash_earlier());
    else
        CHECK_OK(file->erase());
    return file;
}

PartialFile::~PartialFile() {
    ::close(descriptor_);
}

Status PartialFile::hash_earlier() {
    std::string buffer(storage::Digester::kStep, '\0');
    while (true) {
        const ssize_t got = pread(descriptor_, buffer.data(), buffer.size(), size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(Code::Internal, fmt::format("'{}' can't be read; remove it and run the command again", path_));
        if (got == 0)
            return {};
        take_over({buffer.data(), static_cast<std::size_t>(got)});
    }
}

Status PartialFile::store(std::string_view bytes) {
    std::int64_t at = size();
    while (!bytes.empty()) {
        const ssize_t put = pwrite(descriptor_, bytes.data(), bytes.size(), at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return unwritable(path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(put));
        at += put;
    }
    return {};
}

Status PartialFile::erase() {
    if (ftruncate(descriptor_, 0) != 0)
        return unwritable(path_, errno);
    return {};
}

Status PartialFile::finish(const std::string& final_path, Existing existing) {
    if (fsync(descriptor_) != 0)
        return unwritable(path_, errno);
    if (existing == Existing::Replace) {
        if (std::rename(path_.c_str(), final_path.c_str()) != 0)
            return unwritable(final_path, errno);
        return {};
    }
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, final_path.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    if (errno == EEXIST)
        return fail(Code::Internal, fmt::format("'{}' exists already; the download is in '{}', name a file with -o",
                                                final_path, path_));
    if (errno == EINVAL && access(final_path.c_str(), F_OK) != 0 && std::rename(path_.c_str(), final_path.c_str()) == 0)
        return {}; // a file system without the atomic form
    return unwritable(final_path, errno);
}

Status StreamTarget::store(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size() || std::fflush(stream_) != 0)
        return fail(Code::Internal, "Standard output can't be written; did its reader go away?");
    return {};
}

Status StreamTarget::erase() {
    return fail(Code::Internal, "The file changed on the server while it was downloaded; run the command again");
}

} // namespace landfall::cli
