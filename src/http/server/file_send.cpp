#include "http/server/file_send.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <sys/uio.h>
#include <unistd.h>

namespace landfall::http {
namespace {

constexpr std::int64_t kTurnBytes = 1 << 20; ///< sent before other connections get a turn
/// Of so many bytes one is looked at: what a system reads ahead at least, unless told otherwise.
constexpr std::int64_t kLookEvery = 128 * 1024;
constexpr std::size_t kReadBytes = 256 * 1024;

bool is_cached(int descriptor, std::int64_t offset) {
    std::byte byte{};
    const iovec into{&byte, 1};
    // Fails with EAGAIN if it would wait for the disk. Where a file system cannot tell, it may wait.
    return ::preadv2(descriptor, &into, 1, offset, RWF_NOWAIT) >= 0;
}

bool is_cached(const FileBody& part) {
    for (std::int64_t at = 0; at < part.length; at += kLookEvery)
        if (!is_cached(part.descriptor, part.offset + at))
            return false;
    return is_cached(part.descriptor, part.offset + std::max<std::int64_t>(part.length - 1, 0));
}

/// A failure is told by sendfile, which meets it again.
void read_through(const FileBody& part) {
    const std::unique_ptr<std::byte[]> sink(new std::byte[kReadBytes]);
    for (std::int64_t at = 0; at < part.length;) {
        const auto wanted = std::min<std::size_t>(kReadBytes, static_cast<std::size_t>(part.length - at));
        const ssize_t got = ::pread(part.descriptor, sink.get(), wanted, part.offset + at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        at += got;
    }
}

} // namespace

Task<std::int64_t> FileSend::send(std::chrono::milliseconds stall) {
    std::int64_t done = 0;
    while (done < file_.length) {
        if (done > 0)
            co_await asio::post(transport_.executor(), kAwait);
        const FileBody part{file_.owner, file_.descriptor, file_.offset + done,
                            std::min(file_.length - done, kTurnBytes)};
        if (!is_cached(part))
            co_await fetch(part);
        const std::int64_t sent = co_await transport_.send_file(part, stall);
        done += sent;
        if (sent < part.length)
            break;
    }
    co_return done;
}

/// That time is not the peer's fault.
Task<void> FileSend::fetch(const FileBody& part) {
    if (!reading_)
        reading_.emplace(transport_.executor(), owner_);
    reading_->start(pool_, [&part] { read_through(part); });
    transport_.expire_never();
    transport_.pause_floor();
    co_await reading_->wait();
    transport_.resume_floor();
}

} // namespace landfall::http
