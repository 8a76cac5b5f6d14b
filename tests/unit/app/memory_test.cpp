#include "app/memory.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace landfall::app {
namespace {

class Memory : public ::testing::Test {
protected:
    void put(const std::string& path, const std::string& text) {
        const std::filesystem::path file(root / path);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    std::int64_t found() { return host_memory(root / "").bytes; }

    testing::PrivateFolder root;
};

constexpr std::int64_t kMiB = 1 << 20;

TEST_F(Memory, IsWhatTheMachineHasWhereNothingLimitsIt) {
    put("proc/meminfo", "MemTotal:       16384000 kB\nMemFree: 1 kB\n");
    put("proc/self/cgroup", "0::/\n");
    put("sys/fs/cgroup/memory.max", "max\n");
    EXPECT_EQ(found(), 16384000LL * 1024);
    EXPECT_FALSE(host_memory(root / "").is_container);
}

TEST_F(Memory, IsTheLowestLimitOfTheControlGroupsAbove) {
    put("proc/meminfo", "MemTotal:       16384000 kB\n");
    put("proc/self/cgroup", "0::/system.slice/landfall.service\n");
    put("sys/fs/cgroup/system.slice/landfall.service/memory.max", "max\n");
    put("sys/fs/cgroup/system.slice/memory.max", "536870912\n");
    put("sys/fs/cgroup/memory.max", "1073741824\n");
    EXPECT_EQ(found(), 512 * kMiB);
    EXPECT_TRUE(host_memory(root / "").is_container);
}

TEST_F(Memory, IsTheLimitOfTheFirstVersionOfControlGroupsToo) {
    put("proc/meminfo", "MemTotal:       16384000 kB\n");
    put("proc/self/cgroup", "4:cpu,cpuacct:/x\n3:memory:/docker/1\n");
    put("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "268435456\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_EQ(found(), 256 * kMiB);
}

TEST_F(Memory, OfWhichAQuarterIsOursWithinBounds) {
    EXPECT_EQ(default_memory_bytes({512 * kMiB, true}), 128 * kMiB);
    EXPECT_EQ(default_memory_bytes({128 * kMiB, true}), 64 * kMiB);
    EXPECT_EQ(default_memory_bytes({64'000 * kMiB, false}), 2048 * kMiB);
    EXPECT_EQ(default_memory_bytes({}), 64 * kMiB) << "nothing tells";
}

TEST_F(Memory, BoundsWhatWorkersKeepUnlessThatWasSaid) {
    domain::Limits limits;
    settle_memory(limits, BlockBytes::Default, {512 * kMiB, true});
    EXPECT_EQ(limits.memory_bytes, 128 * kMiB);
    EXPECT_EQ(limits.tile_block_bytes, 128 * kMiB);
    limits = {};
    limits.memory_bytes = 100;
    settle_memory(limits, BlockBytes::Given, {512 * kMiB, true});
    EXPECT_EQ(limits.tile_block_bytes, domain::Limits().tile_block_bytes);
    const auto shares = memory_shares(limits.memory_bytes);
    EXPECT_GT(std::min({shares.tiles, shares.answers, shares.bodies, shares.sources}), 1 * kMiB)
        << "0 would mean no limit";
    EXPECT_EQ(memory_shares(2048 * kMiB).answers, 256 * kMiB);
    EXPECT_EQ(memory_shares(2048 * kMiB).bodies, 96 * kMiB);
    EXPECT_EQ(memory_shares(2048 * kMiB).tiles, 512 * kMiB);
}

} // namespace
} // namespace landfall::app
