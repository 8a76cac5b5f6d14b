#include "faces/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace landfall::faces {
namespace {

void head(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

void single(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
            std::uint64_t value) {
    head(out, name, kind, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

} // namespace

void Metrics::observe(const http::Exchange& exchange) {
    const std::string operation = exchange.operation.empty() ? "other" : exchange.operation;
    const double seconds = static_cast<double>(exchange.duration.count()) / 1e6;
    const std::lock_guard lock(mutex_);
    ++requests_[{operation, exchange.status}];
    Latency& latency = latencies_[operation];
    ++latency.count;
    latency.sum += seconds;
    for (std::size_t i = 0; i < kBuckets.size(); ++i)
        if (seconds <= kBuckets[i])
            ++latency.within[i];
}

std::string Metrics::expose(const Counted& counted) const {
    const auto& [stats, journal, tiles, statements] = counted;
    std::string out;
    single(out, "landfall_connections_open", "gauge", "Open connections.", stats.connections_open);
    single(out, "landfall_connections_refused_total", "counter", "Connections refused at the limit.",
           stats.connections_refused);
    single(out, "landfall_streams_open", "gauge", "Streamed bodies in flight.", stats.streams_open);
    single(out, "landfall_received_bytes_total", "counter", "Bytes received.", stats.bytes_in);
    single(out, "landfall_sent_bytes_total", "counter", "Bytes sent.", stats.bytes_out);
    single(out, "landfall_journal_failures_total", "counter", "Failed writes of audit records and usage counts.",
           journal.failures);
    single(out, "landfall_journal_dropped_total", "counter", "Audit records lost.", journal.dropped);
    single(out, "landfall_tile_cache_hits_total", "counter", "Tiles served from memory.", tiles.hits);
    single(out, "landfall_tile_cache_misses_total", "counter", "Tiles that had to be drawn.", tiles.misses);
    single(out, "landfall_tile_cache_bytes", "gauge", "Bytes of drawn tiles held in memory.", tiles.bytes);
    head(out, "landfall_database_statements_total", "counter", "Statements sent to the database.");
    for (const auto& [asker, count] : statements)
        fmt::format_to(std::back_inserter(out), "landfall_database_statements_total{{by=\"{}\"}} {}\n", asker, count);
    const std::lock_guard lock(mutex_);
    head(out, "landfall_requests_total", "counter", "Finished requests.");
    for (const auto& [key, count] : requests_)
        fmt::format_to(std::back_inserter(out), "landfall_requests_total{{operation=\"{}\",status=\"{}\"}} {}\n",
                       key.first, key.second, count);
    head(out, "landfall_request_duration_seconds", "histogram", "Time from the header to the last byte of the answer.");
    for (const auto& [operation, latency] : latencies_) {
        for (std::size_t i = 0; i < kBuckets.size(); ++i)
            fmt::format_to(std::back_inserter(out),
                           "landfall_request_duration_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", operation,
                           kBuckets[i], latency.within[i]);
        fmt::format_to(std::back_inserter(out),
                       "landfall_request_duration_seconds_bucket{{operation=\"{0}\",le=\"+Inf\"}} "
                       "{1}\nlandfall_request_duration_seconds_sum{{operation=\"{0}\"}} "
                       "{2}\nlandfall_request_duration_seconds_count{{operation=\"{0}\"}} {1}\n",
                       operation, latency.count, latency.sum);
    }
    return out;
}

} // namespace landfall::faces
