#include "domain/versioned_cache.hpp"

#include <gtest/gtest.h>

namespace landfall::domain {
namespace {

class VersionedCacheTest : public ::testing::Test {
protected:
    VersionedCacheTest() { versions.confirm(std::chrono::steady_clock::now() + std::chrono::hours(1)); }
    void put(const std::string& key, const OrganizationId& organization, int value) {
        cache.put(key, organization, versions.now(), std::make_shared<const int>(value));
    }
    /// What is found; 0 for nothing.
    int find(const std::string& key) const {
        const auto value = cache.find(key);
        return value ? *value : 0;
    }

    const OrganizationId a{std::string_view("org_a")}, b{std::string_view("org_b")};
    Versions versions;
    VersionedCache<int> cache{versions, 2};
};

TEST_F(VersionedCacheTest, HoldsValuesWhileNothingOfTheirOrganizationChanged) {
    put("of a", a, 7);
    put("of b", b, 8);
    EXPECT_EQ(find("of a"), 7);
    EXPECT_EQ(find("of c"), 0);
    versions.bump(b);
    EXPECT_EQ(find("of a"), 7);
    EXPECT_EQ(find("of b"), 0);
    put("of b", b, 9);
    EXPECT_EQ(find("of b"), 9);
    versions.bump_all();
    EXPECT_EQ(find("of a"), 0);
}

TEST_F(VersionedCacheTest, DoesNotTakeWhatWasReadBeforeAChangeForWhatIsThereAfterIt) {
    const Stamp since = versions.now();
    versions.bump(a);
    cache.put("key", a, since, std::make_shared<const int>(7));
    EXPECT_EQ(find("key"), 0);
}

TEST_F(VersionedCacheTest, GivesNothingOutWhileNobodyKnowsWhatOthersChanged) {
    put("key", a, 7);
    versions.confirm(std::chrono::steady_clock::now() - Versions::kBound * 2);
    EXPECT_EQ(find("key"), 0);
    cache.drop_changed();
    versions.confirm(std::chrono::steady_clock::now() + std::chrono::hours(1));
    EXPECT_EQ(find("key"), 7) << "nothing changed meanwhile";
}

TEST_F(VersionedCacheTest, NeverHoldsMoreThanItsLimit) {
    for (const char* key : {"1", "2", "3"})
        put(key, a, 7);
    EXPECT_EQ(find("1"), 0);
    EXPECT_EQ(find("3"), 7);
}

TEST_F(VersionedCacheTest, MakesRoomByWhatChangedFirst) {
    put("old", a, 1);
    put("good", b, 2);
    versions.bump(a);
    put("new", b, 3);
    EXPECT_EQ(find("good"), 2);
    EXPECT_EQ(find("new"), 3);
}

TEST_F(VersionedCacheTest, LetsGoOfWhatChanged) {
    const auto value = std::make_shared<const int>(7);
    cache.put("key", a, versions.now(), value);
    cache.drop_changed();
    EXPECT_EQ(value.use_count(), 2);
    versions.bump(a);
    cache.drop_changed();
    EXPECT_EQ(value.use_count(), 1);
}

} // namespace
} // namespace landfall::domain
