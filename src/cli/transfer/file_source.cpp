#include "cli/transfer/file_source.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

tl::unexpected<Error> unreadable(const std::string& path, int error) {
    if (error == ENOENT)
        return fail(Code::Internal, fmt::format("There is no file '{}'", path));
    if (error == EACCES)
        return fail(Code::Internal, fmt::format("You may not read '{}'", path));
    return fail(Code::Internal, fmt::format("'{}' can't be read", path));
}

} // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path, Meter& meter) {
    // O_NONBLOCK: opening a pipe by mistake must not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return unreadable(path, errno);
    std::unique_ptr<FileSource> source(new FileSource(path, descriptor, 0, meter));
    struct stat facts{};
    if (fstat(descriptor, &facts) != 0)
        return unreadable(path, errno);
    if (!S_ISREG(facts.st_mode))
        return fail(Code::Internal, fmt::format("'{}' is no regular file", path));
    source->size_ = facts.st_size;
    (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return source;
}

FileSource::~FileSource() {
    ::close(descriptor_);
}

Status FileSource::rewind() {
    meter_.add(-sent_);
    sent_ = 0;
    return {};
}

Result<std::size_t> FileSource::read(std::span<char> buffer) {
    ssize_t got = -1;
    do
        got = pread(descriptor_, buffer.data(), buffer.size(), sent_);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return unreadable(path_, errno);
    sent_ += got;
    meter_.add(got);
    return static_cast<std::size_t>(got);
}

} // namespace landfall::cli
