#include "core/byte_size.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

TEST(ParseSize, KnowsDecimalAndBinaryUnits) {
    EXPECT_EQ(parse_byte_size("0"), 0);
    EXPECT_EQ(parse_byte_size("12"), 12);
    EXPECT_EQ(parse_byte_size("1KiB"), 1024);
    EXPECT_EQ(parse_byte_size("2GB"), 2'000'000'000);
    EXPECT_EQ(parse_byte_size("3TiB"), 3LL << 40);
    for (const char* bad : {"", "KiB", "1 KiB", "1kib", "1.5GB", "9223372036854775807KiB", "0x10"})
        EXPECT_FALSE(parse_byte_size(bad)) << bad;
}

} // namespace
} // namespace landfall
