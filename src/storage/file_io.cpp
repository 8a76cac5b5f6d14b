#include "storage/file_io.hpp"

#include "core/descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::size_t kCopyStep = std::size_t{1} << 30U;
constexpr std::size_t kCopyBuffer = std::size_t{1} << 18U;

const char* sentence_of(int error_number) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return "The object store is full. Free space on its disk or raise its quota, then try again.";
    case EFBIG:
        return "The object is larger than a file in the object store may be. Split it or raise the file size limit.";
    case EMFILE:
    case ENFILE:
        return "The object store has too many files open. Try again later or raise the limit of open files.";
    case EROFS:
    case EACCES:
    case EPERM:
        return "The object store cannot be written. Check the owner, the permissions and the mount of its directory.";
    default:
        return "The object store failed. Try again later.";
    }
}

Status copy_by_buffer(int from, int to, std::int64_t offset) {
    std::vector<std::byte> buffer(kCopyBuffer);
    while (true) {
        TRY(const std::size_t got, read_fully(from, offset, buffer));
        if (got == 0)
            return {};
        CHECK_OK(write_fully(to, offset, std::span(buffer).first(got)));
        offset += static_cast<std::int64_t>(got);
    }
}

bool cannot_copy_in_kernel(int error_number) {
    return error_number == EXDEV || error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP ||
           error_number == EPERM || error_number == EBADF;
}

} // namespace

Error store_failure(int error_number, std::string_view doing) {
    return Error{Code::Unavailable, sentence_of(error_number)}.because(
        fmt::format("{}: {} ({})", doing, std::generic_category().message(error_number), error_number));
}

Status write_fully(int fd, std::int64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return fail(store_failure(errno, "write"));
        if (wrote == 0)
            return fail(store_failure(EIO, "write of nothing"));
        offset += wrote;
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return {};
}

Result<std::size_t> read_fully(int fd, std::int64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got =
            ::pread(fd, into.data() + done, into.size() - done, offset + static_cast<std::int64_t>(done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(store_failure(errno, "read"));
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::int64_t> file_size(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return fail(store_failure(errno, "fstat"));
    return static_cast<std::int64_t>(status.st_size);
}

Result<std::vector<std::string>> names_in(int directory) {
    Descriptor own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own)
        return fail(store_failure(errno, "open directory to list"));
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), &::closedir);
    if (!stream)
        return fail(store_failure(errno, "fdopendir"));
    own.release();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) { // NOLINT(concurrency-mt-unsafe): a stream of our own
        names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0)
        return fail(store_failure(errno, "readdir"));
    return names;
}

Status sync_file(int fd) {
    while (::fsync(fd) != 0)
        if (errno != EINTR)
            return fail(store_failure(errno, "fsync"));
    return {};
}

Status copy_file(int from, int to) {
    if (::ioctl(to, FICLONE, from) == 0)
        return {};
    off_t read_at = 0;
    off_t write_at = 0;
    while (true) {
        const ssize_t copied = ::copy_file_range(from, &read_at, to, &write_at, kCopyStep, 0);
        if (copied > 0 || (copied < 0 && errno == EINTR))
            continue;
        if (copied < 0 && !cannot_copy_in_kernel(errno))
            return fail(store_failure(errno, "copy_file_range"));
        // Nothing copied may be the end, or a file system that cannot tell: the plain way settles it.
        return copy_by_buffer(from, to, write_at);
    }
}

Status copy_range(int from, std::int64_t offset, std::int64_t length, const FileSpot& to) {
    off_t read_at = offset;
    off_t write_at = to.offset;
    while (length > 0) {
        const auto step = static_cast<std::size_t>(std::min<std::int64_t>(length, kCopyStep));
        const ssize_t copied = ::copy_file_range(from, &read_at, to.fd, &write_at, step, 0);
        if (copied > 0)
            length -= copied;
        else if (copied < 0 && errno != EINTR && !cannot_copy_in_kernel(errno))
            return fail(store_failure(errno, "copy_file_range"));
        else if (copied == 0 || errno != EINTR)
            break;
    }
    std::vector<std::byte> buffer(length > 0 ? kCopyBuffer : 0);
    while (length > 0) {
        const auto step = static_cast<std::size_t>(std::min<std::int64_t>(length, kCopyBuffer));
        TRY(const std::size_t got, read_fully(from, read_at, std::span(buffer).first(step)));
        if (got == 0)
            return fail(store_failure(EIO, "a file is shorter than it was"));
        CHECK_OK(write_fully(to.fd, write_at, std::span(buffer).first(got)));
        read_at += static_cast<off_t>(got);
        write_at += static_cast<off_t>(got);
        length -= static_cast<std::int64_t>(got);
    }
    return {};
}

Status copy_to_new_file(int from, const std::string& path) {
    const Descriptor to(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0440));
    if (!to && errno == EEXIST)
        return fail(Code::Conflict, "A file of that name exists already.");
    if (!to)
        return fail(store_failure(errno, "create " + path));
    auto copied = copy_file(from, to.get());
    if (!copied)
        ::unlink(path.c_str());
    return copied;
}

} // namespace landfall::storage
