#include "storage/s3/part_pipe.hpp"

#include <algorithm>
#include <cstring>

namespace landfall::storage {
namespace {

constexpr std::size_t kMostHeld = std::size_t{1} << 20U; ///< bytes

} // namespace

bool PartPipe::push(std::span<const std::byte> bytes) {
    const Lock lock(mutex_);
    while (!bytes.empty()) {
        while (held_.size() >= kMostHeld && !closed_)
            changed_.wait(mutex_);
        if (closed_)
            return false;
        const auto some = bytes.first(std::min(bytes.size(), kMostHeld - held_.size()));
        held_.insert(held_.end(), some.begin(), some.end());
        bytes = bytes.subspan(some.size());
        changed_.notify_all();
    }
    return !closed_;
}

void PartPipe::release() {
    const Lock lock(mutex_);
    released_ = true;
    changed_.notify_all();
}

void PartPipe::cancel() {
    const Lock lock(mutex_);
    canceled_ = true;
    changed_.notify_all();
}

void PartPipe::close() {
    const Lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

Status PartPipe::rewind() {
    const Lock lock(mutex_);
    if (taken_ > 0)
        return fail(Code::Unavailable, "The object store broke off. Send the part again.");
    return {};
}

std::int64_t PartPipe::may_go() const {
    const auto held = static_cast<std::int64_t>(held_.size());
    return released_ ? held : std::min(held, size_ - 1 - taken_);
}

Result<std::size_t> PartPipe::read(std::span<char> buffer) {
    const Lock lock(mutex_);
    while (may_go() <= 0 && !canceled_)
        changed_.wait(mutex_);
    if (canceled_)
        return fail(Code::Canceled, "The part is not wanted any more.");
    const auto count = std::min(buffer.size(), static_cast<std::size_t>(may_go()));
    std::memcpy(buffer.data(), held_.data(), count);
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(count));
    taken_ += static_cast<std::int64_t>(count);
    changed_.notify_all();
    return count;
}

} // namespace landfall::storage
