#include "core/text.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace landfall {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Hex, OfEveryByteAndBack) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xa0\xff", 4)), "000fa0ff");
    EXPECT_EQ(from_hex(to_hex(all)), all);
    EXPECT_EQ(from_hex("AbCd"), "\xAB\xCD");
    EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, ThatIsNoneIsRefused) {
    for (const auto* text : {"a", "abc", "0g", "0x10", " 00", "00 ", "\xc3\xa9"})
        EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Base64, FollowsTheTestVectorsOfRfc4648) {
    for (const auto& [plain, coded] : Pairs{{"", ""},
                                            {"f", "Zg=="},
                                            {"fo", "Zm8="},
                                            {"foo", "Zm9v"},
                                            {"foob", "Zm9vYg=="},
                                            {"fooba", "Zm9vYmE="},
                                            {"foobar", "Zm9vYmFy"},
                                            {"\xFB\xFF\xBF", "+/+/"}}) {
        EXPECT_EQ(to_base64(plain), coded);
        EXPECT_EQ(from_base64(coded), plain);
    }
    EXPECT_EQ(to_base64url("\xFB\xFF\xBF"), "-_-_");
    EXPECT_EQ(to_base64url("f"), "Zg");
}

TEST(Base64, ThatIsNoneIsRefused) {
    for (const auto* text : {"Z", "Zg", "Zg=", "Z===", "====", "=Zg=", "Zg=g", "Zm9v\n", "Zm 9", "-_-_", "Zg==Zg=="})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Percent, EncodingKeepsUnreservedCharactersAndThoseItIsToldTo) {
    for (const auto& [plain, coded] : Pairs{{"", ""},
                                            {"AZaz09-._~", "AZaz09-._~"},
                                            {"a b", "a%20b"},
                                            {"a/b", "a%2Fb"},
                                            {"+&=?#", "%2B%26%3D%3F%23"},
                                            {"\xC3\xBC", "%C3%BC"},
                                            {std::string("\0", 1), "%00"},
                                            {"%", "%25"}}) {
        EXPECT_EQ(percent_encode(plain), coded);
        EXPECT_EQ(percent_decode(coded), plain);
    }
    EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(Percent, DecodingReadsBothCasesAndLeavesPlusAlone) {
    EXPECT_EQ(percent_decode("%c3%BC+"), "\xC3\xBC+");
    EXPECT_EQ(percent_decode("%2525"), "%25");
    for (const auto* text : {"%", "%4", "a%", "%zz", "%-1", "%%41", "ab%2"})
        EXPECT_FALSE(percent_decode(text)) << text;
}

struct Utf8Case {
    std::string_view text;
    bool fine;
    std::string_view cleaned;
};

class Utf8 : public testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8, IsJudgedAndCleaned) {
    EXPECT_EQ(is_utf8(GetParam().text), GetParam().fine) << GetParam().cleaned;
    EXPECT_EQ(clean_utf8(GetParam().text, 1000), GetParam().cleaned);
    EXPECT_TRUE(is_utf8(clean_utf8(GetParam().text, 1000)));
}

#define LF_BAD "\xEF\xBF\xBD"
INSTANTIATE_TEST_SUITE_P(
    Table, Utf8,
    testing::Values(Utf8Case{"", true, ""}, Utf8Case{"plain", true, "plain"}, Utf8Case{"\xC3\xBC", true, "\xC3\xBC"},
                    Utf8Case{"\xE2\x82\xAC", true, "\xE2\x82\xAC"},
                    Utf8Case{"\xF0\x9F\x9B\xB0", true, "\xF0\x9F\x9B\xB0"},
                    Utf8Case{"\xF4\x8F\xBF\xBF", true, "\xF4\x8F\xBF\xBF"},
                    Utf8Case{"\xF4\x90\x80\x80", false, LF_BAD LF_BAD LF_BAD LF_BAD}, // past U+10FFFF
                    Utf8Case{"\xC0\xAF", false, LF_BAD LF_BAD},                       // overlong slash
                    Utf8Case{"\xE0\x80\xAF", false, LF_BAD LF_BAD LF_BAD},            // overlong
                    Utf8Case{"\xF0\x80\x80\xAF", false, LF_BAD LF_BAD LF_BAD LF_BAD}, // overlong
                    Utf8Case{"\xED\xA0\x80", false, LF_BAD LF_BAD LF_BAD},            // surrogate
                    Utf8Case{"\xED\x9F\xBF", true, "\xED\x9F\xBF"},
                    Utf8Case{"a\x80z", false, "a" LF_BAD "z"},  // lone continuation
                    Utf8Case{"\xE2\x82", false, LF_BAD LF_BAD}, // cut off
                    Utf8Case{"\xFFx", false, LF_BAD "x"}));

TEST(Utf8Cleaning, CutsOnTheEdgeOfACharacter) {
    EXPECT_EQ(clean_utf8("ab\xC3\xBC", 3), "ab");
    EXPECT_EQ(clean_utf8("ab\xC3\xBC", 4), "ab\xC3\xBC");
    EXPECT_EQ(clean_utf8("\xFF\xFF", 5), LF_BAD);
    EXPECT_EQ(clean_utf8("abc", 0), "");
}

TEST(Slugify, MakesLowerCaseWordsJoinedByHyphens) {
    for (const auto& [name, slug] : Pairs{{"Landfall", "landfall"},
                                          {"  Acme, Inc.  ", "acme-inc"},
                                          {"a--b__c", "a-b-c"},
                                          {"", "x"},
                                          {"---", "x"},
                                          {"\xC3\x9C"
                                           "ber",
                                           "ber"},
                                          {"\xE6\x97\xA5", "x"},
                                          {"A1", "a1"}})
        EXPECT_EQ(slugify(name), slug) << name;
}

TEST(Slugify, HasAtMost60BytesAndEndsInNoHyphen) {
    EXPECT_EQ(slugify(std::string(100, 'A')), std::string(60, 'a'));
    EXPECT_EQ(slugify(std::string(59, 'a') + " b"), std::string(59, 'a'));
}

TEST(Digest, OfKnownTexts) {
    const std::string empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    EXPECT_EQ(to_hex(sha256("")), empty);
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(multihash_sha256(sha256("")), "1220" + empty);
}

TEST(PlainFileName, NamesOneFileInAFolderAndNothingElse) {
    for (const char* good : {"input.tif", "a", "in_put-2.aux.xml"})
        EXPECT_TRUE(is_plain_file_name(good)) << good;
    for (const std::string bad : {"", ".", "..", ".hidden", "a/b", "a b", "/vsicurl/x", "a\\b", "\xC3\x9C"})
        EXPECT_FALSE(is_plain_file_name(bad)) << bad;
    EXPECT_FALSE(is_plain_file_name(std::string(101, 'a')));
}

TEST(EqualConstantTime, ComparesBytesAndLengths) {
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_TRUE(equal_constant_time(std::string("a\0b", 3), std::string("a\0b", 3)));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

} // namespace
} // namespace landfall
