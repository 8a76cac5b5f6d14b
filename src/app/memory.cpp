#include "app/memory.hpp"

#include "core/numbers.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace landfall::app {
namespace {

constexpr std::int64_t kFloor = 16LL << 20; ///< whatever is set
constexpr std::int64_t kLeast = 64LL << 20;
constexpr std::int64_t kMost = 2LL << 30;
constexpr std::int64_t kMostAnswers = 256LL << 20; ///< more would only serve those who do not read
constexpr std::int64_t kMostBodies = 96LL << 20;
constexpr std::int64_t kNoLimit = 1LL << 60; ///< version 1 says a huge number, version 2 `max`

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::optional<std::int64_t> limit_in(std::string_view text) {
    const auto number = number_in<std::int64_t>(text);
    return number && *number > 0 && *number < kNoLimit ? number : std::nullopt;
}

/// The lowest limit of a group and those above it.
std::int64_t lowest_limit(const std::string& mount, std::string group, const char* name) {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (;;) {
        if (const auto limit = limit_in(first_line(mount + group + "/" + name)))
            lowest = std::min(lowest, *limit);
        if (group.empty())
            return lowest;
        group.resize(group.find_last_of('/'));
    }
}

/// Spec: cgroups(7), the lines of /proc/PID/cgroup: `hierarchy:controllers:path`.
std::int64_t group_limit(const std::string& root) {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    std::ifstream groups(root + "/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos || second + 1 >= line.size() ||
            line[second + 1] != '/')
            continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        std::string group = line.substr(second + 1);
        if (group == "/")
            group.clear();
        if (controllers == ",,")
            lowest = std::min(lowest, lowest_limit(root + "/sys/fs/cgroup", group, "memory.max"));
        else if (controllers.find(",memory,") != std::string::npos)
            lowest = std::min(lowest, lowest_limit(root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    return lowest;
}

std::int64_t machine_memory(const std::string& root) {
    std::ifstream file(root + "/proc/meminfo");
    std::string name;
    std::string unit;
    for (std::int64_t kibibytes = 0; file >> name >> kibibytes; std::getline(file, unit))
        if (name == "MemTotal:")
            return kibibytes << 10;
    return 0;
}

} // namespace

HostMemory host_memory(const std::string& root) {
    const std::int64_t machine = machine_memory(root);
    const std::int64_t group = group_limit(root);
    const bool is_container = group != std::numeric_limits<std::int64_t>::max() && (machine == 0 || group < machine);
    return {is_container ? group : machine, is_container};
}

std::int64_t default_memory_bytes(const HostMemory& host) {
    return std::clamp(host.bytes / 4, kLeast, kMost);
}

void settle_memory(domain::Limits& limits, BlockBytes blocks, const HostMemory& host) {
    limits.memory_bytes = limits.memory_bytes == 0 ? default_memory_bytes(host) : std::max(limits.memory_bytes, kFloor);
    if (blocks == BlockBytes::Default)
        limits.tile_block_bytes = std::min(limits.tile_block_bytes, limits.memory_bytes);
}

MemoryShares memory_shares(std::int64_t memory_bytes) {
    return {memory_bytes / 4, std::min(memory_bytes / 4, kMostAnswers), std::min(memory_bytes / 8, kMostBodies),
            memory_bytes / 8};
}

void give_memory_back() {
    ::malloc_trim(0);
}

std::int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t size = 0;
    std::int64_t resident = 0;
    file >> size >> resident;
    return file ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

} // namespace landfall::app
