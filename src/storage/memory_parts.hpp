#pragma once
/// What a store in memory holds, and its parts.

#include "core/mutex.hpp"
#include "storage/digester.hpp"
#include "storage/part_store.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace landfall::storage {

using SteadyTime = std::chrono::steady_clock::time_point;
using Bytes = std::vector<std::byte>;

struct MemoryBlob {
    std::shared_ptr<const Bytes> bytes;
    SteadyTime written;
};

struct MemoryPart {
    PartInfo info;
    Bytes bytes;
};

struct MemoryUpload {
    std::map<int, MemoryPart> parts;
    SteadyTime touched;
    int writers = 0;
};

/// What the store, its parts and their writers share.
struct MemoryShared {
    mutable Mutex mutex;
    std::map<std::string, MemoryBlob, std::less<>> blobs GUARDED_BY(mutex);
    std::map<std::string, SteadyTime, std::less<>> live GUARDED_BY(mutex); ///< writers, until they go
    std::map<std::string, std::shared_ptr<MemoryUpload>, std::less<>> uploads GUARDED_BY(mutex); ///< with what it holds
    HashPool pool;
};

/// The part store beside the blobs of a store in memory.
std::unique_ptr<PartStore> make_memory_parts(std::shared_ptr<MemoryShared> shared);

} // namespace landfall::storage
