#pragma once
/// Settings of the rules. `app/config` fills them; every limit is a setting, 0 means off.

#include "schema/fields.hpp"

#include <cstdint>
#include <string>

namespace landfall::domain {

/// A century: no span that is set is longer, so that instants and spans in microseconds stay in 64 bits.
inline constexpr double kLongestSeconds = 3'155'760'000;

/// Limits per minute are counted in fixed windows of 60 s.
struct Limits {
    std::int64_t operations_per_minute = 600;
    std::int64_t spend_per_minute = 30;
    std::int64_t tiles_per_minute = 6000;
    std::int64_t public_per_minute = 60;
    std::int64_t public_reads_per_minute = 6000;
    std::int64_t downloads_per_asset_per_hour = 60;
    std::int64_t egress_bytes_per_day = 1LL << 40;
    std::int64_t catalog_bytes_per_organization = 16LL << 30;
    std::int64_t organizations_per_user = 10;
    std::int64_t json_body_bytes = 10LL << 20;
    std::int64_t upload_url_seconds = 3600;
    std::int64_t upload_idle_seconds = 24 * 3600;
    std::int64_t files_per_upload = 1000;
    std::int64_t smallest_part_bytes = 5LL << 20;
    std::int64_t deleted_item_seconds = 30LL * 24 * 3600;
    std::int64_t audit_seconds = 400LL * 24 * 3600;
    std::int64_t finished_job_seconds = 90LL * 24 * 3600;
    std::int64_t ended_upload_seconds = 400LL * 24 * 3600;
    std::int64_t orphan_seconds = 30LL * 24 * 3600;
    std::int64_t memory_bytes = 0;
    std::int64_t probe_memory_bytes = 768LL << 20;
    std::int64_t probe_cpu_seconds = 20;
    std::int64_t probe_wall_seconds = 30;
    std::int64_t probe_scratch_bytes = 1LL << 30;
    std::int64_t probes_at_once = 2;
    std::int64_t complete_seconds = 60;
    std::int64_t job_memory_bytes = 2LL << 30;
    std::int64_t job_stall_seconds = 300;
    std::int64_t tile_milliseconds = 20'000;
    std::int64_t tile_block_bytes = 512LL << 20;
    std::int64_t blob_cache_bytes = 16LL << 30;
};

/// Of what organizations and their calls may take.
constexpr auto describe_shares() {
    using schema::field;
    return schema::fields(
        field("operations_per_minute", &Limits::operations_per_minute,
              {.text = "Authenticated operations per organization and minute", .min = 0}),
        field("spend_per_minute", &Limits::spend_per_minute,
              {.text = "Operations that spend credits per organization and minute", .min = 0}),
        field("tiles_per_minute", &Limits::tiles_per_minute, {.text = "Tiles per organization and minute", .min = 0}),
        field("public_per_minute", &Limits::public_per_minute,
              {.text = "Calls without valid credentials per client address and minute", .min = 0}),
        field("public_reads_per_minute", &Limits::public_reads_per_minute,
              {.text = "Reads without a credential per client address and minute", .min = 0}),
        field("downloads_per_asset_per_hour", &Limits::downloads_per_asset_per_hour,
              {.text = "Download URLs per asset and hour", .min = 0}),
        field("egress_bytes_per_day", &Limits::egress_bytes_per_day,
              {.text = "Bytes that leave per organization and 24 hours", .min = 0}),
        field("catalog_bytes_per_organization", &Limits::catalog_bytes_per_organization,
              {.text = "What items, jobs and records of an organization may take of the catalog, bytes", .min = 0}),
        field("organizations_per_user", &Limits::organizations_per_user,
              {.text = "Organizations that one user may own by making them", .min = 0}),
        field("json_body_bytes", &Limits::json_body_bytes, {.text = "Largest JSON body, bytes", .min = 0}),
        field("upload_url_seconds", &Limits::upload_url_seconds,
              {.text = "Lifetime of an upload URL, seconds", .min = 1, .max = 604800}),
        field("upload_idle_seconds", &Limits::upload_idle_seconds,
              {.text = "An upload session without activity for so long fails, seconds",
               .min = 0,
               .max = kLongestSeconds}),
        field("deleted_item_seconds", &Limits::deleted_item_seconds,
              {.text = "A deleted item is kept for so long, seconds", .min = 0, .max = kLongestSeconds}),
        field("audit_seconds", &Limits::audit_seconds,
              {.text = "Audit records are kept for so long, seconds", .min = 0, .max = kLongestSeconds}),
        field("finished_job_seconds", &Limits::finished_job_seconds,
              {.text = "Jobs that ended are kept for so long, seconds", .min = 0, .max = kLongestSeconds}),
        field("ended_upload_seconds", &Limits::ended_upload_seconds,
              {.text = "Upload sessions that ended are kept for so long, seconds", .min = 0, .max = kLongestSeconds}),
        field("orphan_seconds", &Limits::orphan_seconds,
              {.text = "Stored bytes that the catalog does not know are kept for so long, seconds",
               .min = 0,
               .max = kLongestSeconds}),
        field("files_per_upload", &Limits::files_per_upload, {.text = "Files in one upload session", .min = 0}),
        field("smallest_part_bytes", &Limits::smallest_part_bytes,
              {.text = "Of a file that is uploaded in parts, every part but the last has at least so many bytes",
               .min = 0}));
}

/// Of what the server and its workers may take.
constexpr auto describe_resources() {
    using schema::field;
    return schema::fields(
        field("memory_bytes", &Limits::memory_bytes,
              {.text =
                   "What the server itself keeps in memory: caches, bodies, answers, bytes; 0: a quarter of what the "
                   "host or container has, from 64 MiB to 2 GiB",
               .min = 0}),
        field("probe_memory_bytes", &Limits::probe_memory_bytes, {.text = "Memory of a probe worker, bytes", .min = 0}),
        field("probe_cpu_seconds", &Limits::probe_cpu_seconds,
              {.text = "CPU time of a probe worker", .min = 0, .max = kLongestSeconds}),
        field("probe_wall_seconds", &Limits::probe_wall_seconds,
              {.text = "Wall time of a probe worker", .min = 0, .max = kLongestSeconds}),
        field("probe_scratch_bytes", &Limits::probe_scratch_bytes,
              {.text = "What a probe worker may write, in one file and in all, bytes", .min = 0}),
        field("probes_at_once", &Limits::probes_at_once,
              {.text = "Probes that run at the same time; as many more of organizations that have none running",
               .min = 1,
               .max = 1000}),
        field("complete_seconds", &Limits::complete_seconds,
              {.text = "uploads.complete reads for so long, then a job does, seconds", .min = 1, .max = 3600}),
        field("job_memory_bytes", &Limits::job_memory_bytes, {.text = "Memory of a job worker, bytes", .min = 0}),
        field("job_stall_seconds", &Limits::job_stall_seconds,
              {.text = "A job without progress for so long is ended, seconds", .min = 0, .max = kLongestSeconds}),
        field("tile_milliseconds", &Limits::tile_milliseconds,
              {.text = "Longest rendering of one tile", .min = 1, .max = kLongestSeconds}),
        field("tile_block_bytes", &Limits::tile_block_bytes,
              {.text = "Decoded parts of images that all tile workers together keep in memory, bytes", .min = 0}),
        field("blob_cache_bytes", &Limits::blob_cache_bytes,
              {.text = "Copies of stored files for workers, where the object store is not on this machine, bytes",
               .min = 0}));
}

constexpr auto describe(schema::Of<Limits>) {
    return schema::joined(describe_shares(), describe_resources());
}

/// Of the STAC face.
struct StacSettings {
    std::string project;                          ///< that it is about; empty: the one that `init` made for it
    std::int64_t upload_in_progress_status = 400; ///< of a second upload of an asset: 400 or 409
    std::vector<std::string> outbound_hosts;      ///< those within our own networks that the server may ask
};

/// What the rules need to know of the server's surroundings.
struct Settings {
    std::string public_url;          ///< origin of signed URLs and links, without a trailing slash
    bool public_url_is_set = false;  ///< by the operator; else calls are answered under the origin by which they came
    std::vector<std::string> hosts;  ///< those that such an origin may name; empty: any
    std::string bucket = "landfall"; ///< first path segment of signed URLs
    std::string region = "us-east-1";
    bool verify_checksums = false; ///< whether what clients declare of a whole file is held against its bytes
    std::string scratch_directory; ///< private folders of workers, on the store's file system
    Limits limits;
    StacSettings stac;
};

} // namespace landfall::domain
