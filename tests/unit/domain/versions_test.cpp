#include "domain/versioned_cache.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace landfall::domain {
namespace {

using std::chrono::steady_clock;
const OrganizationId kA = OrganizationId::make(), kB = OrganizationId::make();

TEST(Versions, HoldNothingBeforeSomebodyLooked) {
    Versions versions;
    EXPECT_FALSE(versions.hold(kA, versions.now()));
    versions.confirm(steady_clock::now() + std::chrono::hours(1));
    EXPECT_TRUE(versions.hold(kA, versions.now()));
}

TEST(Versions, HoldNothingOnceTheLastLookIsTooOld) {
    Versions versions;
    versions.confirm(steady_clock::now() - Versions::kBound - std::chrono::milliseconds(1));
    EXPECT_FALSE(versions.hold(kA, versions.now()));
    EXPECT_TRUE(versions.unchanged(kA, versions.now()));
}

TEST(Versions, OfOneOrganizationDoNotDependOnAnother) {
    Versions versions;
    versions.confirm(steady_clock::now() + std::chrono::hours(1));
    const Stamp before = versions.now();
    versions.bump(kA);
    EXPECT_FALSE(versions.hold(kA, before));
    EXPECT_TRUE(versions.hold(kA, versions.now()));
    EXPECT_TRUE(versions.hold(kB, before));
    versions.bump_all();
    EXPECT_FALSE(versions.hold(kB, before));
    EXPECT_TRUE(versions.hold(kB, versions.now()));
}

TEST(Versions, OfTooManyOrganizationsAreForgottenByHoldingNothingOlder) {
    Versions versions(2);
    versions.confirm(steady_clock::now() + std::chrono::hours(1));
    const Stamp before = versions.now();
    for (const char* id : {"org_a", "org_b", "org_c"})
        versions.bump(OrganizationId(std::string_view(id)));
    for (const char* id : {"org_a", "org_b", "org_c", "org_d"}) {
        EXPECT_FALSE(versions.unchanged(OrganizationId(std::string_view(id)), before)) << id;
        EXPECT_TRUE(versions.unchanged(OrganizationId(std::string_view(id)), versions.now())) << id;
    }
}

// A reader that is told of a finished commit must never be given what was before it, whoever else reads and writes.
TEST(Versions, NeverGiveOutWhatWasBeforeACommitThatHadEnded) {
    Versions versions(8);
    versions.confirm(steady_clock::now() + std::chrono::hours(1));
    VersionedCache<int> cache(versions, 3);
    struct Organization {
        OrganizationId id;
        std::atomic<int> catalog = 0, ended = 0;
    };
    std::array<Organization, 4> organizations;
    for (auto& organization : organizations)
        organization.id = OrganizationId::make();
    std::atomic<int> stale = 0;
    constexpr int kCommits = 2'000;
    {
        std::vector<std::jthread> threads;
        for (auto& organization : organizations) {
            threads.emplace_back([&] {
                for (int i = 1; i <= kCommits; ++i) {
                    organization.catalog = i;
                    versions.bump(organization.id);
                    organization.ended = i;
                }
            });
            threads.emplace_back([&] {
                for (int i = 0; i < kCommits; ++i) {
                    const int known = organization.ended;
                    if (const auto value = cache.find(organization.id.str())) {
                        stale += *value < known;
                        continue;
                    }
                    const Stamp since = versions.now();
                    cache.put(organization.id.str(), organization.id, since,
                              std::make_shared<const int>(organization.catalog));
                }
            });
        }
    }
    EXPECT_EQ(stale, 0);
    EXPECT_EQ(organizations[0].ended, kCommits);
}

} // namespace
} // namespace landfall::domain
