#include "http/message/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace landfall::http {
namespace {

struct Outcome {
    std::string text;
    bool ended = false;
    bool malformed = false;
    std::size_t taken = 0;
};

Outcome decode(std::string_view input, std::size_t step) {
    ChunkDecoder decoder;
    Outcome outcome;
    std::array<std::byte, 3> small;
    while (outcome.taken < input.size() && !decoder.ended() && !decoder.malformed()) {
        const auto done = decoder.decode(input.substr(outcome.taken, step), small);
        outcome.taken += done.taken;
        outcome.text.append(reinterpret_cast<const char*>(small.data()), done.made);
    }
    outcome.ended = decoder.ended();
    outcome.malformed = decoder.malformed();
    return outcome;
}

TEST(ChunkDecoderTest, DecodesWhateverTheSizeOfThePieces) {
    const std::string body = "4\r\nWiki\r\nA;name=\"v\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    for (std::size_t step = 1; step <= body.size(); ++step) {
        const Outcome outcome = decode(body + "GET /next", step);
        EXPECT_TRUE(outcome.ended);
        EXPECT_EQ(outcome.text, "Wiki0123456789");
        EXPECT_EQ(outcome.taken, body.size()) << "the next request stays";
    }
}

TEST(ChunkDecoderTest, RefusesEverythingThatIsNotStrictlyChunked) {
    const std::string long_extension = "1;" + std::string(2000, 'x') + "\r\na\r\n0\r\n\r\n";
    const std::string long_trailer = "0\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
    for (const std::string& body :
         {std::string("4\nWiki\r\n0\r\n\r\n"), std::string("4\r\nWikiX\r\n"), std::string("4\r\nWiki\n"),
          std::string("-4\r\n"), std::string("0x4\r\n"), std::string(" 4\r\n"), std::string("4 \r\n"),
          std::string("\r\n"), std::string(";a\r\n"), std::string("1234567890123456\r\n"), std::string("0\r\n\n"),
          std::string("0\r\n folded\r\n\r\n"), std::string("1;\x01\r\n"), long_extension, long_trailer}) {
        EXPECT_TRUE(decode(body, body.size()).malformed) << body.substr(0, 40);
        EXPECT_TRUE(decode(body, 1).malformed) << body.substr(0, 40);
    }
}

TEST(ChunkDecoderTest, AnUnfinishedBodyHasNotEnded) {
    const Outcome outcome = decode("5\r\nabc", 100);
    EXPECT_FALSE(outcome.ended);
    EXPECT_FALSE(outcome.malformed);
    EXPECT_EQ(outcome.text, "abc");
}

} // namespace
} // namespace landfall::http
