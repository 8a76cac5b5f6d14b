#include "core/text.hpp"
#include "raster/tasks.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <string>
#include <zlib.h>

namespace landfall::raster {
namespace {

std::string gzip(const std::string& content) {
    z_stream stream{};
    constexpr int kGzipWindow = 15 + 16;
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string in = content;
    std::string out(deflateBound(&stream, static_cast<uLong>(in.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// In one block that is not compressed, of at most 64 KiB. Spec: RFC 7932 section 9.2.
std::string brotli(const std::string& content) {
    const std::size_t head = (content.size() - 1) << 4U | 1U << 20U;
    std::string out;
    for (const unsigned shift : {0U, 8U, 16U})
        out += static_cast<char>(head >> shift & 0xFFU);
    return out + content + '\x03';
}

struct ContentDigestTask : ::testing::Test {
    landfall::testing::PrivateFolder folder;

    Result<ContentDigest> digest(
        const std::string& stored, ContentCoding coding,
        const Progress& progress = [](double, std::string_view) { return true; }) const {
        landfall::testing::write_bytes(folder / "input.bin", stored);
        return digest_content_task(folder.str(), {"input.bin", coding}, progress);
    }
};

/// More than one buffer either way.
std::string long_text() {
    std::string text;
    while (text.size() < 3'000'000)
        text += "The same line again, number " + std::to_string(text.size() * 7919) + "\n";
    return text;
}

TEST_F(ContentDigestTask, IsThatOfTheDecodedBytes) {
    for (const std::string& content : {std::string("short"), long_text()}) {
        const auto told = digest(gzip(content), ContentCoding::Gzip);
        ASSERT_TRUE(told);
        EXPECT_EQ(told->sha256, to_hex(sha256(content)));
    }
    const auto told = digest(brotli("short"), ContentCoding::Brotli);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->sha256, to_hex(sha256("short")));
}

TEST_F(ContentDigestTask, OfSeveralGzipMembersIsThatOfAll) {
    const auto told = digest(gzip("one ") + gzip(long_text()) + gzip("two"), ContentCoding::Gzip);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->sha256, to_hex(sha256("one " + long_text() + "two")));
}

TEST_F(ContentDigestTask, NothingIsToldOfWhatIsDamagedCutOrOfAnotherCoding) {
    const std::string whole = gzip(long_text());
    std::string damaged = whole;
    damaged[damaged.size() / 2] ^= 1;
    for (const std::string& stored :
         {std::string("no gzip"), damaged, whole.substr(0, whole.size() - 1), whole + "more", brotli("short")})
        EXPECT_EQ(digest(stored, ContentCoding::Gzip).error().code, Code::InvalidArgument);
    for (const std::string& stored : {whole, brotli("short").substr(0, 6), brotli("short") + "more"})
        EXPECT_EQ(digest(stored, ContentCoding::Brotli).error().code, Code::InvalidArgument);
}

TEST_F(ContentDigestTask, StopsWhenItShall) {
    const auto told =
        digest(gzip(std::string(40'000'000, 'x')), ContentCoding::Gzip, [](double, std::string_view) { return false; });
    EXPECT_EQ(told.error().code, Code::Canceled);
}

} // namespace
} // namespace landfall::raster
