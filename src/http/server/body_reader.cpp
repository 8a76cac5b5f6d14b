#include "http/server/body_reader.hpp"

#include <algorithm>
#include <cstring>

namespace landfall::http {
namespace {

constexpr std::size_t kFirstCapacity = 4 * 1024;
constexpr std::size_t kChunkInput = 64 * 1024;

} // namespace

std::span<char> InputBuffer::space(std::size_t limit) {
    if (begin_ == end_)
        begin_ = end_ = 0;
    if (end_ - begin_ >= limit)
        return {};
    if (end_ == capacity_ && begin_ > 0) {
        std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == capacity_) {
        const std::size_t larger = std::min(std::max(limit, kFirstCapacity), std::max(kFirstCapacity, capacity_ * 2));
        std::unique_ptr<char[]> grown(new char[larger]);
        if (end_ > 0)
            std::memcpy(grown.get(), data_.get(), end_);
        data_ = std::move(grown);
        capacity_ = larger;
    }
    return {data_.get() + end_, std::min(capacity_ - end_, limit - (end_ - begin_))};
}

void BodyReader::begin(const Framing& framing) {
    chunked_ = framing.chunked;
    remaining_ = framing.content_length;
    bytes_ = 0;
    chunks_ = ChunkDecoder{};
}

std::optional<std::int64_t> BodyReader::remaining() const {
    if (!chunked_)
        return remaining_;
    return chunks_.ended() ? std::optional<std::int64_t>(0) : std::nullopt;
}

Task<std::size_t> BodyReader::read(std::span<std::byte> into) {
    if (ended() || into.empty())
        co_return 0;
    if (chunked_) {
        const std::size_t decoded = co_await read_chunked(into);
        co_return decoded;
    }
    const std::size_t wanted = std::min(into.size(), static_cast<std::size_t>(remaining_));
    std::size_t count = std::min(wanted, input_.view().size());
    if (count > 0) {
        std::memcpy(into.data(), input_.view().data(), count);
        input_.consume(count);
    } else {
        count = co_await transport_.read_some(into.data(), wanted);
    }
    remaining_ -= static_cast<std::int64_t>(count);
    bytes_ += static_cast<std::int64_t>(count);
    co_return count;
}

Task<std::size_t> BodyReader::read_chunked(std::span<std::byte> into) {
    while (!chunks_.ended()) {
        const ChunkDecoder::Step step = chunks_.decode(input_.view(), into);
        input_.consume(step.taken);
        bytes_ += static_cast<std::int64_t>(step.made);
        if (chunks_.malformed())
            co_return 0;
        if (step.made > 0)
            co_return step.made;
        if (chunks_.ended())
            break;
        const std::span<char> space = input_.space(kChunkInput);
        const std::size_t count = co_await transport_.read_some(space.data(), space.size());
        if (count == 0)
            co_return 0;
        input_.commit(count);
    }
    co_return 0;
}

} // namespace landfall::http
