#include "http/message/chunk_decoder.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstring>

namespace landfall::http {
namespace {

constexpr int kMaxDigits = 15;
constexpr std::size_t kMaxExtension = 1024;
constexpr std::size_t kMaxTrailers = 8192;

bool is_text(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

} // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view input, std::span<std::byte> output) {
    Step step;
    while (step.taken < input.size() && !ended() && !malformed()) {
        if (state_ != State::Data) {
            state_ = next(input[step.taken++]);
            continue;
        }
        const std::size_t count =
            std::min({input.size() - step.taken, output.size() - step.made, static_cast<std::size_t>(remaining_)});
        if (count == 0)
            break;
        std::memcpy(output.data() + step.made, input.data() + step.taken, count);
        step.taken += count;
        step.made += count;
        remaining_ -= count;
        if (remaining_ == 0)
            state_ = State::DataReturn;
    }
    return step;
}

ChunkDecoder::State ChunkDecoder::next(char c) {
    switch (state_) {
    case State::SizeStart:
        remaining_ = 0;
        digits_ = 0;
        overhead_ = 0;
        return hex_value(c) < 0 ? State::Malformed : size_digit(c);
    case State::Size:
        return hex_value(c) < 0 ? after_size(c) : size_digit(c);
    case State::Extension:
        return line(c, State::Extension, State::SizeFeed);
    case State::SizeFeed:
        if (c != '\n')
            return State::Malformed;
        overhead_ = 0;
        return remaining_ == 0 ? State::TrailerStart : State::Data;
    case State::DataReturn:
        return expect(c, '\r', State::DataFeed);
    case State::DataFeed:
        return expect(c, '\n', State::SizeStart);
    case State::TrailerStart:
        return c == ' ' || c == '\t' ? State::Malformed : line(c, State::Trailer, State::LastFeed);
    case State::Trailer:
        return line(c, State::Trailer, State::TrailerFeed);
    case State::TrailerFeed:
        return expect(c, '\n', State::TrailerStart);
    case State::LastFeed:
        return expect(c, '\n', State::Ended);
    case State::Data:
    case State::Ended:
    case State::Malformed:
        break;
    }
    return state_;
}

ChunkDecoder::State ChunkDecoder::expect(char c, char wanted, State then) {
    return c == wanted ? then : State::Malformed;
}

ChunkDecoder::State ChunkDecoder::line(char c, State same, State then) {
    if (c == '\r')
        return then;
    return is_text(c) ? overhead(same) : State::Malformed;
}

ChunkDecoder::State ChunkDecoder::size_digit(char c) {
    if (++digits_ > kMaxDigits)
        return State::Malformed;
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(c));
    return State::Size;
}

ChunkDecoder::State ChunkDecoder::after_size(char c) {
    if (c == '\r')
        return State::SizeFeed;
    return c == ';' ? State::Extension : State::Malformed;
}

ChunkDecoder::State ChunkDecoder::overhead(State same) {
    const std::size_t limit = same == State::Extension ? kMaxExtension : kMaxTrailers;
    return ++overhead_ > limit ? State::Malformed : same;
}

} // namespace landfall::http
