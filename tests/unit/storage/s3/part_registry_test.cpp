#include "storage/s3/part_registry.hpp"

#include <gtest/gtest.h>

namespace landfall::storage {
namespace {

RegisteredPart sample() {
    return {{10'000, 5LL << 30U, std::string(16, '\xAB'), std::string(32, '\x01'), std::string("\x00\xFF\x10\x7F", 4)},
            "opaque-\"etag\"/1"};
}

TEST(PartRecord, IsReadBackFromItsName) {
    const auto name = part_record_name(sample());
    EXPECT_LT(name.size(), 512U);
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << name;
    const auto back = read_part_record(name);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->info.number, 10'000);
    EXPECT_EQ(back->info.size, 5LL << 30U);
    EXPECT_EQ(back->info.md5, sample().info.md5);
    EXPECT_EQ(back->info.sha256, sample().info.sha256);
    EXPECT_EQ(back->info.crc32c, sample().info.crc32c);
    EXPECT_EQ(back->etag, sample().etag);
}

TEST(PartRecord, IsNoOtherName) {
    for (const char* name : {"", "upload", "part-", "part-1", "part-1-2-aa-bb-cc", "part-x-2-aa-bb-cc-dd",
                             "part-1-2-a-bb-cc-dd", "part-1-2-aa-bb-cc-zz"})
        EXPECT_FALSE(read_part_record(name)) << name;
}

} // namespace
} // namespace landfall::storage
