#include "core/text.hpp"
#include "storage/checksums.hpp"

#include <gtest/gtest.h>

#include <map>

namespace landfall::storage {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

DeclaredChecksums declared(const std::map<std::string, std::string, std::less<>>& headers) {
    return DeclaredChecksums([&](std::string_view name) -> std::optional<std::string> {
        const auto at = headers.find(name);
        return at == headers.end() ? std::nullopt : std::optional(at->second);
    });
}

/// Check values of the catalogue of CRC algorithms, and `printf 123456789 | sha1sum`.
const std::map<std::string, std::string, std::less<>> kOfDigits = {
    {"x-amz-checksum-crc32", to_base64("\xcb\xf4\x39\x26")},
    {"x-amz-checksum-crc32c", to_base64("\xe3\x06\x92\x83")},
    {"x-amz-checksum-crc64nvme", to_base64("\xae\x8b\x14\x86\x0a\x79\x98\x88")},
    {"x-amz-checksum-sha1",
     to_base64("\xf7\xc3\xbc\x1d\x80\x8e\x04\x73\x2a\xdf\x67\x99\x65\xcc\xc3\x4c\xa7\xae\x34\x41")},
};

TEST(DeclaredChecksums, HoldForTheirBytesInWhateverPieces) {
    for (const auto& [name, text] : kOfDigits) {
        auto sums = declared({{name, text}});
        EXPECT_EQ(sums.check_form(), nullptr) << name;
        sums.update(bytes_of("1234"));
        ASSERT_NE(sums.check(), nullptr) << name;
        EXPECT_EQ(sums.check()->code, "BadDigest") << name;
        sums.update(bytes_of("56789"));
        EXPECT_EQ(sums.check(), nullptr) << name;
        EXPECT_EQ(sums.headers(), (std::vector<std::pair<std::string, std::string>>{{name, text}}));
    }
    auto all = declared(kOfDigits);
    all.update(bytes_of("123456789"));
    EXPECT_EQ(all.check(), nullptr);
}

TEST(DeclaredChecksums, MustHaveTheLengthOfTheirKind) {
    for (const auto& [name, text] : kOfDigits)
        for (const char* bad : {"", "nonsense!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
            EXPECT_EQ(declared({{name, bad}}).check_form()->code, "InvalidDigest") << name << " " << bad;
}

TEST(DeclaredChecksums, AreNoneWithoutHeaders) {
    auto none = declared({});
    none.update(bytes_of("abc"));
    EXPECT_EQ(none.check_form(), nullptr);
    EXPECT_EQ(none.check(), nullptr);
    EXPECT_TRUE(none.headers().empty());
}

} // namespace
} // namespace landfall::storage
