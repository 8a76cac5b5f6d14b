#pragma once
/// What a vector file holds, told by reading every feature of it.

#include "imagery/facts.hpp"
#include "raster/open/source.hpp"
#include "raster/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <chrono>

namespace landfall::raster {

struct VectorBudgets {
    std::int64_t max_features = 5'000'000;
    std::int64_t max_vertices = 60'000'000;
    std::chrono::milliseconds time{9000};
};

/// Reads layers, fields, counts, extent and reference system. InvalidArgument naming the feature that cannot be read,
/// Canceled if `progress` says so. Beyond the budgets the counts are the format's own and a warning says so.
Result<Facts> probe_vector(const Source& source, const VectorBudgets& budgets, const Progress& progress);

} // namespace landfall::raster
