#pragma once
/// Decodes a chunked body (RFC 9112 section 7.1), strictly: CRLF only, at most 15 hexadecimal digits, bounded
/// extensions and trailers. Trailers are read and dropped.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace landfall::http {

class ChunkDecoder {
public:
    struct Step {
        std::size_t taken = 0; ///< bytes used up of the input
        std::size_t made = 0;  ///< bytes put into the output
    };

    /// Decodes until input or output run out, the body ends, or it turns out malformed. Input after the body's end is
    /// not taken.
    Step decode(std::string_view input, std::span<std::byte> output);
    bool ended() const { return state_ == State::Ended; }
    bool malformed() const { return state_ == State::Malformed; }

private:
    enum class State {
        SizeStart,
        Size,
        Extension,
        SizeFeed,
        Data,
        DataReturn,
        DataFeed,
        TrailerStart,
        Trailer,
        TrailerFeed,
        LastFeed,
        Ended,
        Malformed
    };

    State next(char c);
    static State expect(char c, char wanted, State then);
    /// Text that stays in `same` until its line ends.
    State line(char c, State same, State then);
    State size_digit(char c);
    State after_size(char c);
    State overhead(State same);

    State state_ = State::SizeStart;
    std::uint64_t remaining_ = 0;
    int digits_ = 0;
    std::size_t overhead_ = 0; ///< bytes of this chunk's extension, or of all trailers
};

} // namespace landfall::http
