#include "cli/transfer/file_source.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
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

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path, Pace pace, FileRange range) {
    // O_NONBLOCK: opening a pipe by mistake must not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return unreadable(path, errno);
    std::unique_ptr<FileSource> source(new FileSource(path, descriptor, std::move(pace)));
    struct stat facts{};
    if (fstat(descriptor, &facts) != 0)
        return unreadable(path, errno);
    if (!S_ISREG(facts.st_mode))
        return fail(Code::Internal, fmt::format("'{}' is no regular file", path));
    source->file_size_ = facts.st_size;
    source->offset_ = std::min(range.offset, source->file_size_);
    const std::int64_t left = source->file_size_ - source->offset_;
    source->size_ = range.length < 0 ? left : std::min(range.length, left);
    (void)posix_fadvise(descriptor, source->offset_, source->size_, POSIX_FADV_SEQUENTIAL);
    return source;
}

FileSource::~FileSource() {
    ::close(descriptor_);
}

Status FileSource::rewind() {
    pace_.meter.add(-sent_);
    sent_ = 0;
    md5_ = Digest(DigestKind::Md5);
    return {};
}

Result<std::size_t> FileSource::read(std::span<char> buffer) {
    const auto wanted = std::min(buffer.size(), static_cast<std::size_t>(size_ - sent_));
    ssize_t got = -1;
    do
        got = pread(descriptor_, buffer.data(), wanted, offset_ + sent_);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return unreadable(path_, errno);
    if (pace_.limit != nullptr)
        CHECK_OK(pace_.limit->pass(got, pace_.stop));
    md5_.update(std::as_bytes(buffer.first(static_cast<std::size_t>(got))));
    sent_ += got;
    pace_.meter.add(got);
    return static_cast<std::size_t>(got);
}

Result<std::string> FileSource::md5() const {
    TRY(const auto raw, md5_.value());
    return to_hex(raw);
}

} // namespace landfall::cli
