#pragma once
/// Decoding a raster to find damage and to gather statistics: all of it, or blocks spread over it.

#include "core/result.hpp"
#include "imagery/facts.hpp"
#include "raster/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <chrono>
#include <cstdint>

class GDALDataset;

namespace landfall::raster {

struct ScanBudgets {
    std::uint64_t full_bytes = 512ULL << 20U;  ///< a raster that decodes to no more is decoded fully
    std::chrono::milliseconds full_time{9000}; ///< a full decode that takes longer gives way to a sample
    std::uint64_t sample_bytes = 1ULL << 30U;  ///< decoded at most by a sample
    int sample_blocks = 64;                    ///< at least, if there are as many
};

struct ScanResult {
    std::vector<std::optional<BandStatistics>> statistics; ///< one for each listed band
    bool sampled = false;                                  ///< not every pixel was decoded
    std::vector<std::size_t> distinct; ///< different valid values of each band; kManyValues: more than are counted
};

/// Decodes the raster within the budgets. `bands`: facts of the listed bands; others are not looked at. InvalidArgument
/// naming the block that cannot be decoded; Canceled if `progress` says so. Complex bands are decoded but get no
/// statistics.
Result<ScanResult> scan_raster(GDALDataset& dataset, const std::vector<BandFacts>& bands, const ScanBudgets& budgets,
                               const Progress& progress);

/// Bytes that the listed bands decode to.
std::uint64_t decoded_bytes(GDALDataset& dataset, const std::vector<BandFacts>& bands);

} // namespace landfall::raster
