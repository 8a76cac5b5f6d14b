#pragma once
/// How much memory there is, and what of it this process may hold.

#include "domain/settings.hpp"

#include <cstdint>
#include <string>

namespace landfall::app {

struct HostMemory {
    std::int64_t bytes = 0;
    bool is_container = false; ///< a limit of a control group, not what the machine has
};
/// The lowest limit of this process's control groups (version 2 or 1), else what the machine has; 0 if nothing tells.
/// `root`: where `proc` and `sys` are.
HostMemory host_memory(const std::string& root = "");

/// `limits.memory_bytes` where it is not set: a quarter of what there is, 64 MiB at least and 2 GiB at most.
std::int64_t default_memory_bytes(const HostMemory& host);

/// Who said how much workers may keep of images.
enum class BlockBytes { Given, Default };
/// Sets the limits that follow from the memory there is: `memory_bytes` where it is 0, and the default of
/// `tile_block_bytes`, which is no more than that.
void settle_memory(domain::Limits& limits, BlockBytes blocks, const HostMemory& host);

/// Parts of `limits.memory_bytes`; a quarter of it is left to everything else.
struct MemoryShares {
    std::int64_t tiles = 0;   ///< drawn pictures
    std::int64_t answers = 0; ///< that nobody has taken yet
    std::int64_t bodies = 0;  ///< on their way in
    std::int64_t sources = 0; ///< what was read of the catalog to draw tiles
};
MemoryShares memory_shares(std::int64_t memory_bytes);

/// Gives memory that is free within this process back to the system.
void give_memory_back();

/// What this process holds of the machine's memory, bytes; 0 if the system does not tell.
std::int64_t resident_bytes();

} // namespace landfall::app
