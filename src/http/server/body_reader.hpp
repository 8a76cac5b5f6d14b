#pragma once
/// Private to src/http: the body of one request. First what came along with the head, then the socket; never a byte of
/// the next request.

#include "http/message/chunk_decoder.hpp"
#include "http/message/request_head.hpp"
#include "http/server/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace landfall::http {

/// Bytes read from the peer and not used yet.
class InputBuffer {
public:
    std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    void consume(std::size_t bytes) { begin_ += bytes; }
    /// Free space behind the bytes: at least one byte as long as fewer than `limit` are held, else none.
    std::span<char> space(std::size_t limit);
    void commit(std::size_t bytes) { end_ += bytes; }

private:
    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class BodyReader {
public:
    BodyReader(Transport& transport, InputBuffer& input) : transport_(transport), input_(input) {}

    void begin(const Framing& framing);
    /// The next bytes of the body, decoded; 0 when it ended, or when `ended` stays false: the peer is gone, too slow,
    /// or broke the chunked coding.
    Task<std::size_t> read(std::span<std::byte> into);
    bool ended() const { return chunked_ ? chunks_.ended() : remaining_ == 0; }
    bool malformed() const { return chunked_ && chunks_.malformed(); }
    /// Bytes still to come of a body of known length; nothing for a chunked one that has not ended.
    std::optional<std::int64_t> remaining() const;
    /// Decoded bytes so far.
    std::int64_t bytes() const { return bytes_; }

private:
    Task<std::size_t> read_chunked(std::span<std::byte> into);

    Transport& transport_;
    InputBuffer& input_;
    bool chunked_ = false;
    std::int64_t remaining_ = 0;
    std::int64_t bytes_ = 0;
    ChunkDecoder chunks_;
};

} // namespace landfall::http
