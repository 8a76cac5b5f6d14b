#include "http/server/pull.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <unistd.h>

namespace landfall::http {
namespace {

constexpr std::int64_t kBufferBytes = 256 * 1024;

class FileSource final : public BodySource {
public:
    FileSource(const FileBody& file, std::int64_t offset)
        : owner_(file.owner), descriptor_(file.descriptor), at_(offset) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        while (true) {
            const ssize_t got = ::pread(descriptor_, into.data(), into.size(), at_);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return fail_internal(fmt::format("pread: errno {}", errno));
            at_ += got;
            return static_cast<std::size_t>(got);
        }
    }

private:
    std::shared_ptr<const void> owner_;
    int descriptor_;
    std::int64_t at_;
};

} // namespace

PulledBody pulled(const FileBody& file) {
    return {[file](std::int64_t offset, std::int64_t) -> Result<std::unique_ptr<BodySource>> {
                return std::make_unique<FileSource>(file, offset);
            },
            file.offset, file.length};
}

Pull::Pull(const PulledBody& body, Transport& transport, WorkPool& pool, std::string owner)
    : body_(body), transport_(transport), pool_(pool), reading_(transport.executor(), std::move(owner)) {}

Task<bool> Pull::begin() {
    start_read(buffers_[0]);
    co_await settle();
    co_return buffers_[0].used > 0;
}

Task<std::int64_t> Pull::send(std::chrono::milliseconds stall) {
    std::int64_t done = 0;
    for (std::size_t current = 0; buffers_[current].used > 0; current = 1 - current) {
        Buffer& full = buffers_[current];
        Buffer& next = buffers_[1 - current];
        next.used = 0;
        if (read_ < body_.length)
            start_read(next);
        const std::string_view part(reinterpret_cast<const char*>(full.data.get()), full.used);
        const std::size_t sent = co_await transport_.send(part, {}, stall);
        done += static_cast<std::int64_t>(sent);
        co_await settle();
        if (sent != full.used)
            break;
    }
    co_return done;
}

void Pull::start_read(Buffer& buffer) {
    reading_.start(pool_, [this, &buffer] { read(buffer); });
}

/// Runs on the pool: nothing that a source throws may end its thread.
void Pull::read(Buffer& buffer) {
    const auto wanted = static_cast<std::size_t>(std::min(kBufferBytes, body_.length - read_));
    try {
        if (!source_) {
            auto opened = body_.open(body_.offset, body_.length);
            if (!opened) {
                cause_ = "the body's source did not open: " + opened.error().message + " " + opened.error().cause;
                return;
            }
            source_ = *std::move(opened);
        }
        if (!buffer.data)
            buffer.data.reset(new std::byte[wanted]); // the second is never larger than the first
        const auto got = source_->read({buffer.data.get(), wanted});
        if (!got)
            cause_ = "the body's source failed: " + got.error().message + " " + got.error().cause;
        else if (*got == 0)
            cause_ = "the body's source ended before its time";
        buffer.used = std::min(got.value_or(0), wanted);
        read_ += static_cast<std::int64_t>(buffer.used);
        return;
    } catch (const std::exception& e) {
        cause_ = std::string("the body's source threw: ") + e.what();
    } catch (...) {
        cause_ = "the body's source threw";
    }
    buffer.used = 0;
}

/// Waits for the source; that time is not the peer's fault.
Task<void> Pull::settle() {
    if (!reading_.busy())
        co_return;
    transport_.expire_never();
    transport_.pause_floor();
    co_await reading_.wait();
    transport_.resume_floor();
}

} // namespace landfall::http
