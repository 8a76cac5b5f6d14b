#include "core/digest.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

std::string digest_of(DigestKind kind, std::string_view text) {
    Digest digest(kind);
    digest.update(std::as_bytes(std::span(text.substr(0, 1))));
    digest.update(std::as_bytes(std::span(text.substr(1))));
    return to_hex(digest.value().value());
}

TEST(RunningDigest, IsThatOfAllPiecesTogether) {
    EXPECT_EQ(digest_of(DigestKind::Md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(digest_of(DigestKind::Sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digest_of(DigestKind::Sha256, "abc"), to_hex(sha256("abc")));
}

TEST(RunningDigest, GoesOnAfterItWasAsked) {
    Digest digest(DigestKind::Md5);
    EXPECT_EQ(to_hex(digest.value().value()), "d41d8cd98f00b204e9800998ecf8427e");
    digest.update(std::as_bytes(std::span(std::string_view("abc"))));
    Digest moved = std::move(digest);
    EXPECT_EQ(to_hex(moved.value().value()), "900150983cd24fb0d6963f7d28e17f72");
}

} // namespace
} // namespace landfall
