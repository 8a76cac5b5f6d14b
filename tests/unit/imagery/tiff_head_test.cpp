#include "imagery/tiff_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace landfall::imagery {
namespace {

/// Little-endian numbers.
std::string le(std::uint64_t value, unsigned width) {
    std::string out;
    for (unsigned n = 0; n < width; ++n)
        out += static_cast<char>((value >> (8 * n)) & 0xFFU);
    return out;
}

std::string entry(unsigned tag, std::uint64_t count, std::uint64_t value) {
    return le(tag, 2) + le(3, 2) + le(count, 4) + le(value, 4);
}

/// A directory right behind the head with these entries, and keys behind it.
std::string tiff(const std::string& entries, unsigned count, const std::string& behind = {}) {
    return "II*" + std::string(1, '\0') + le(8, 4) + le(count, 2) + entries + le(0, 4) + behind;
}

/// Keys that name a projected system.
std::string keys(unsigned code) {
    return le(1, 2) + le(1, 2) + le(0, 2) + le(1, 2) + le(3072, 2) + le(0, 2) + le(1, 2) + le(code, 2);
}

TEST(TiffHead, TellsTheCodeOfItsReferenceSystem) {
    const std::string bytes = tiff(entry(33922, 6, 100) + entry(34735, 8, 38), 2, keys(2056));
    const auto told = read_tiff_head(bytes, bytes.size());
    ASSERT_TRUE(told);
    EXPECT_TRUE(told->is_whole && told->is_placed && told->has_keys);
    EXPECT_EQ(told->epsg, 2056);
}

TEST(TiffHead, TellsThatThereAreKeysWhereTheyNameNoCode) {
    const std::string bytes = tiff(entry(34735, 8, 26), 1, keys(32767));
    const auto told = read_tiff_head(bytes, bytes.size());
    ASSERT_TRUE(told);
    EXPECT_TRUE(told->has_keys);
    EXPECT_EQ(told->epsg, 0);
}

TEST(TiffHead, KnowsNothingOfADirectoryThatLiesElsewhere) {
    const std::string bytes = "II*" + std::string(1, '\0') + le(4000, 4) + std::string(100, '\0');
    const auto later = read_tiff_head(bytes, 5000);
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->is_whole || later->is_past_end);
    EXPECT_TRUE(read_tiff_head(bytes, 4000)->is_past_end);
}

TEST(TiffHead, NeverReadsPastTheBytes) {
    const std::string whole = tiff(entry(34735, 0xFFFFFFFF, 26), 1, keys(2056));
    for (std::size_t size = 0; size <= whole.size(); ++size)
        (void)read_tiff_head(std::string(whole, 0, size), whole.size());
    const auto wild = read_tiff_head(tiff(entry(34735, 8, 0xFFFFFFFF), 1), 1000);
    ASSERT_TRUE(wild);
    EXPECT_FALSE(wild->is_whole);
}

TEST(TiffHead, IsNothingOfOtherFiles) {
    EXPECT_FALSE(read_tiff_head("", 0));
    EXPECT_FALSE(read_tiff_head("II", 2));
    EXPECT_FALSE(read_tiff_head("MM\0\x2B", 0));
    EXPECT_FALSE(read_tiff_head("PK\x03\x04 a zip", 10));
}

} // namespace
} // namespace landfall::imagery
