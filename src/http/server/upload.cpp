#include "http/server/upload.hpp"

#include <algorithm>
#include <exception>

namespace landfall::http {
namespace {

constexpr std::int64_t kBufferBytes = 1 << 20;
constexpr std::size_t kHandOver = 256 * 1024; ///< enough for an idle sink

} // namespace

Upload::Upload(Parts parts, std::unique_ptr<BodySink> sink)
    : parts_(parts), sink_(std::move(sink)), offload_(parts.transport.executor(), parts.owner),
      floor_(parts.limits.stream_min_bytes_per_second, parts.limits.stream_rate_window, SteadyClock::now()),
      capacity_(static_cast<std::size_t>(
          std::clamp(parts.body.remaining().value_or(kBufferBytes), std::int64_t{1}, kBufferBytes))) {}

Task<Upload::Outcome> Upload::run() {
    std::size_t current = 0;
    bool alive = true;
    while (alive && !parts_.body.ended()) {
        Buffer& buffer = buffers_[current];
        alive = co_await fill(buffer);
        co_await settle();
        if (refused_)
            break;
        if (alive && buffer.used > 0)
            start_write(buffer);
        current = 1 - current;
    }
    co_await settle();
    start_end(alive && !refused_);
    co_await settle();
    if (answer_)
        co_return Outcome::Answered;
    co_return cause_.empty() ? failure() : Outcome::Threw;
}

/// Reads until the buffer is full, the body ends, or the sink is idle and enough is there. False if the body can't go
/// on, also because the sink refused it meanwhile.
Task<bool> Upload::fill(Buffer& buffer) {
    if (!buffer.data)
        buffer.data.reset(new std::byte[capacity_]);
    buffer.used = 0;
    while (buffer.used < capacity_ && !parts_.body.ended()) {
        parts_.transport.expire_after(parts_.limits.stream_idle_timeout);
        const std::span<std::byte> space(buffer.data.get() + buffer.used, capacity_ - buffer.used);
        const std::size_t count = co_await parts_.body.read(space);
        if (refused_)
            co_return false;
        if (count == 0)
            co_return parts_.body.ended();
        buffer.used += count;
        below_floor_ = !floor_.moved(static_cast<std::int64_t>(count), SteadyClock::now());
        if (below_floor_)
            co_return false;
        if (!offload_.busy() && buffer.used >= kHandOver)
            break;
    }
    co_return true;
}

/// Waits for the sink; that time is not the peer's fault.
Task<void> Upload::settle() {
    if (!offload_.busy())
        co_return;
    const auto since = SteadyClock::now();
    parts_.transport.expire_never();
    co_await offload_.wait();
    floor_.pause(SteadyClock::now() - since);
}

/// Runs on the pool: nothing that a sink throws may end its thread.
void Upload::guarded(const std::function<void()>& call) {
    try {
        call();
        return;
    } catch (const std::exception& e) {
        cause_ = e.what();
    } catch (...) {
        cause_ = "an unknown exception";
    }
    answer_.reset();
}

void Upload::start_write(const Buffer& buffer) {
    const std::span<const std::byte> bytes(buffer.data.get(), buffer.used);
    offload_.start(
        parts_.pool, [this, bytes] { guarded([this, bytes] { answer_ = sink_->write(bytes); }); },
        [this] {
            refused_ = answer_.has_value() || !cause_.empty();
            if (refused_)
                parts_.transport.interrupt();
        });
}

void Upload::start_end(bool complete) {
    offload_.start(parts_.pool, [this, complete] {
        if (complete)
            guarded([this] { answer_ = sink_->finish(); });
        sink_.reset();
    });
}

Upload::Outcome Upload::failure() const {
    if (parts_.body.malformed())
        return Outcome::Malformed;
    return below_floor_ || parts_.transport.expired() ? Outcome::TooSlow : Outcome::PeerLeft;
}

} // namespace landfall::http
