#include "domain/versioned_cache.hpp"

#include <gtest/gtest.h>

namespace landfall::domain {
namespace {

TEST(VersionedCacheTest, holds_values_for_the_version_they_were_read_at) {
    VersionedCache<int> cache(10);
    cache.put("a", 1, 7);
    EXPECT_EQ(cache.find("a", 1), 7);
    EXPECT_EQ(cache.find("b", 1), std::nullopt);
    EXPECT_EQ(cache.find("a", 2), std::nullopt);
    cache.put("b", 2, 8);
    EXPECT_EQ(cache.find("a", 2), std::nullopt) << "it is of another version";
    EXPECT_EQ(cache.find("a", 1), std::nullopt);
    EXPECT_EQ(cache.find("b", 2), 8);
}

TEST(VersionedCacheTest, holds_nothing_where_the_database_tells_no_version) {
    VersionedCache<int> cache(10);
    cache.put("a", std::nullopt, 7);
    EXPECT_EQ(cache.find("a", std::nullopt), std::nullopt);
    EXPECT_EQ(cache.find("a", -1), std::nullopt);
}

TEST(VersionedCacheTest, never_holds_more_than_its_limit) {
    VersionedCache<int> cache(2);
    for (const char* key : {"a", "b", "c"})
        cache.put(key, 1, 7);
    EXPECT_EQ(cache.find("a", 1), std::nullopt);
    EXPECT_EQ(cache.find("c", 1), 7);
}

} // namespace
} // namespace landfall::domain
