#include "storage/part_store.hpp"
#include "storage/s3/s3_writer.hpp"

#include <gtest/gtest.h>

namespace landfall::storage {
namespace {

TEST(S3PartSize, GrowsWithTheBodySoThatTenThousandPartsHoldIt) {
    EXPECT_EQ(s3_part_size(std::nullopt), 8LL << 20U);
    EXPECT_EQ(s3_part_size(0), 8LL << 20U);
    EXPECT_EQ(s3_part_size(80'000LL << 20U), 8LL << 20U);
    EXPECT_EQ(s3_part_size((80'000LL << 20U) + 1), 9LL << 20U);
    EXPECT_LE(s3_part_size(kLargestS3Body), kMostHeld);
    for (std::int64_t size = 1; size <= kLargestS3Body; size = size * 3 + 1)
        EXPECT_GE(s3_part_size(size) * kMostParts, size);
}

} // namespace
} // namespace landfall::storage
