#include "storage/blob_file.hpp"

#include "storage/file_io.hpp"

#include <cerrno>
#include <fcntl.h>
#include <vector>

namespace landfall::storage {
namespace {

/// Writing back starts in steps of this size, and a writer is at most some steps ahead of the disk: a final fsync
/// has little left to do, and one upload cannot fill the page cache with unwritten data.
constexpr std::int64_t kWriteBehindStep = std::int64_t{16} << 20U;
constexpr std::int64_t kStepsAhead = 5;

constexpr std::size_t kReadStep = std::size_t{1} << 20U;

bool tells_of_lost_data(int error_number) {
    return error_number == EIO || error_number == ENOSPC || error_number == EDQUOT;
}

/// sync_file_range takes a write error off the file, so that fsync would not see it any more: it must count here.
Status send(int fd, std::int64_t from, std::int64_t length, unsigned flags) {
    if (::sync_file_range(fd, from, length, flags) != 0 && tells_of_lost_data(errno))
        return fail(store_failure(errno, "sync_file_range"));
    return {};
}

} // namespace

BlobFile::BlobFile(Descriptor file, const HashPool& pool, std::int64_t offset)
    : file_(std::move(file)), digester_(pool), offset_(offset) {}

Status BlobFile::failed(Error error) {
    failure_ = error;
    return fail(std::move(error));
}

Status BlobFile::append(std::span<const std::byte> bytes) {
    if (failure_)
        return fail(*failure_);
    while (!bytes.empty()) {
        const auto step = bytes.first(std::min(bytes.size(), Digester::kStep));
        bytes = bytes.subspan(step.size());
        digester_.update(step);
        if (auto wrote = write_fully(file_.get(), offset_ + size_, step); !wrote)
            return failed(std::move(wrote).error());
        size_ += static_cast<std::int64_t>(step.size());
        if (auto sent = write_behind(); !sent)
            return failed(std::move(sent).error());
    }
    return {};
}

Status BlobFile::write_behind() {
    if (size_ - sent_ < kWriteBehindStep)
        return {};
    CHECK_OK(send(file_.get(), offset_ + sent_, size_ - sent_, SYNC_FILE_RANGE_WRITE));
    if (const std::int64_t before = sent_ - kWriteBehindStep * kStepsAhead; before >= 0)
        CHECK_OK(send(file_.get(), offset_ + before, kWriteBehindStep,
                      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER));
    sent_ = size_;
    return {};
}

Result<BlobInfo> BlobFile::digest(const std::string& key) {
    if (failure_)
        return fail(*failure_);
    TRY(auto digests, digester_.digest());
    return BlobInfo{key, size_, std::move(digests.md5), std::move(digests.sha256)};
}

Status BlobFile::sync() {
    if (failure_)
        return fail(*failure_);
    if (auto synced = sync_file(file_.get()); !synced)
        return failed(std::move(synced).error());
    return {};
}

Result<std::size_t> FileBlobReader::read(std::int64_t offset, std::span<std::byte> into) const {
    if (offset < 0)
        return fail(Code::InvalidArgument, "The offset to read at must not be negative.");
    if (offset >= size_)
        return std::size_t{0};
    return read_fully(file_.get(), offset, into);
}

Status write_file_to(BlobWriter& writer, int fd) {
    std::vector<std::byte> buffer(kReadStep);
    std::int64_t offset = 0;
    while (true) {
        TRY(const std::size_t got, read_fully(fd, offset, buffer));
        if (got == 0)
            return {};
        CHECK_OK(writer.write(std::span(buffer).first(got)));
        offset += static_cast<std::int64_t>(got);
    }
}

} // namespace landfall::storage
