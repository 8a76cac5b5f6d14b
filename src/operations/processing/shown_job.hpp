#pragma once
/// How a job that a user ordered is shown.

#include "domain/processing/jobs.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::operations {

/// As `contract/geopera.md` section 8 has it.
struct ProcessingJob {
    JobId id;
    std::string job_type, status;
    std::optional<std::string> stage;
    double progress = 0;
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<std::string> source_item_id, output_name;
    schema::RawOf<schema::JsonObject> parameters;
    std::optional<schema::RawOf<schema::JsonObject>> aoi_geometry;
    schema::RawOf<std::vector<std::string>> asset_keys{"[]"};
    std::vector<std::string> output_item_ids, log;
    std::optional<std::string> error_message;
    std::optional<std::int64_t> eta_seconds;
    std::int64_t credits_reserved = 0;
    std::optional<std::int64_t> credits_settled;
    std::optional<std::string> created_by;
    Timestamp created_at{}, updated_at{};
    std::optional<Timestamp> started_at, completed_at;
};

constexpr auto describe(schema::Of<ProcessingJob>) {
    using schema::field;
    using T = ProcessingJob;
    constexpr schema::Rules kAlways{.required = true};
    return schema::fields(
        field("id", &T::id, kAlways), field("job_type", &T::job_type, {.text = "cog_clip", .required = true}),
        field("status", &T::status, {.text = "pending, running, completed, failed or cancelled", .required = true}),
        field("stage", &T::stage, {.text = "What it does at the moment"}),
        field("progress", &T::progress, {.text = "0 to 1", .required = true}),
        field("organization_id", &T::organization_id, kAlways), field("project_id", &T::project_id, kAlways),
        field("source_item_id", &T::source_item_id), field("output_name", &T::output_name),
        field("parameters", &T::parameters, kAlways),
        field("aoi_geometry", &T::aoi_geometry, {.text = "GeoJSON as it came; left out of lists where it is long"}),
        field("asset_keys", &T::asset_keys, kAlways),
        field("output_item_ids", &T::output_item_ids, {.text = "The items that it made", .required = true}),
        field("error_message", &T::error_message),
        field("eta_seconds", &T::eta_seconds, {.text = "Until it is done, as far as its pace so far tells"}),
        field("log", &T::log, {.text = "What became of it so far, a line each", .required = true}),
        field("credits_reserved", &T::credits_reserved, {.text = "While it has not ended", .required = true}),
        field("credits_settled", &T::credits_settled, {.text = "What it spent once it completed"}),
        field("created_by", &T::created_by), field("created_at", &T::created_at, kAlways),
        field("updated_at", &T::updated_at, kAlways), field("started_at", &T::started_at),
        field("completed_at", &T::completed_at));
}

/// Reads what it made.
Result<ProcessingJob> shown(domain::Context& cx, const catalog::ProcessingJob& job);
Result<std::vector<ProcessingJob>> shown(domain::Context& cx, const std::vector<catalog::ProcessingJob>& jobs);

struct JobIdInput {
    JobId job_id;
};
constexpr auto describe(schema::Of<JobIdInput>) {
    return schema::fields(schema::field("job_id", &JobIdInput::job_id, {.required = true}));
}

/// Where a job's result can be seen on a map.
struct JobTileInfo {
    JobId job_id;
    ItemId item_id;
    std::string asset_key;
    std::vector<double> bounds;
    std::int64_t minzoom = 0, maxzoom = 0;
    std::vector<std::string> tiles;
};
constexpr auto describe(schema::Of<JobTileInfo>) {
    using schema::field;
    using T = JobTileInfo;
    return schema::fields(
        field("job_id", &T::job_id, {.required = true}), field("item_id", &T::item_id, {.required = true}),
        field("asset_key", &T::asset_key, {.required = true}),
        field("bounds", &T::bounds, {.text = "West, south, east, north in degrees", .required = true}),
        field("minzoom", &T::minzoom, {.required = true}), field("maxzoom", &T::maxzoom, {.required = true}),
        field("tiles", &T::tiles, {.text = "URL templates of XYZ tiles", .required = true}));
}
/// Conflict unless the job completed, NotFound if what it made is gone.
Result<JobTileInfo> tile_info(domain::Context& cx, const catalog::ProcessingJob& job);

} // namespace landfall::operations
