#pragma once
/// Request metrics in Prometheus' text format.

#include "domain/drawing/tile_cache.hpp"
#include "domain/ledger/journal.hpp"
#include "http/server/server.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace landfall::faces {

/// Counts finished exchanges by operation and status. Thread-safe; as many series as there are operations and statuses.
class Metrics {
public:
    void observe(const http::Exchange& exchange);
    /// What others count.
    struct Counted {
        http::ServerStats server;
        domain::Journal::Stats journal;
        domain::TileCache::Stats tiles;
        std::vector<std::pair<std::string, std::uint64_t>> statements; ///< of the database, by who asked
    };
    /// The text exposition, version 0.0.4.
    std::string expose(const Counted& counted) const;

private:
    static constexpr std::array<double, 12> kBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1,    2.5,   10};
    struct Latency {
        std::array<std::uint64_t, kBuckets.size()> within{};
        std::uint64_t count = 0;
        double sum = 0; // seconds
    };
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, std::uint64_t> requests_; // guarded by mutex_
    std::map<std::string, Latency> latencies_;                      // guarded by mutex_
};

} // namespace landfall::faces
