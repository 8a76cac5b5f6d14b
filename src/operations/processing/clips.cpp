#include "core/text.hpp"
#include "domain/processing/clip.hpp"
#include "operations/done.hpp"
#include "operations/empty.hpp"
#include "operations/processing/shown_job.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

namespace landfall::operations {
namespace {

/// An area of 300 000 positions, and what else a body holds.
constexpr std::int64_t kMostValues = 1'000'000;
constexpr std::size_t kMostQuoted = 100;

struct ClipFromItemInput {
    ItemId source_item_id;
    std::optional<ProjectId> project_id;
    schema::JsonObject aoi_geometry;
    std::optional<std::vector<std::string>> asset_keys;
    std::optional<std::string> output_name;
};
constexpr auto describe(schema::Of<ClipFromItemInput>) {
    using schema::field;
    using T = ClipFromItemInput;
    return schema::fields(
        field("source_item_id", &T::source_item_id, {.required = true}),
        field("project_id", &T::project_id, {.text = "Where the new item goes; the source's project if absent"}),
        field("aoi_geometry", &T::aoi_geometry,
              {.text = "GeoJSON Polygon or MultiPolygon in longitude and latitude; longitudes beyond 180 go on across "
                       "the antimeridian",
               .required = true}),
        field("asset_keys", &T::asset_keys, {.text = "Every uploaded raster of the item if absent", .max_items = 200}),
        field("output_name", &T::output_name, {.text = "Of the new item", .min_length = 1, .max_length = 500}));
}

struct ClipCreated {
    ProcessingJob job;
    std::int64_t assets_to_clip = 0;
    schema::RawOf<std::vector<std::string>> asset_keys{"[]"};
};
constexpr auto describe(schema::Of<ClipCreated>) {
    using schema::field;
    return schema::fields(field("job", &ClipCreated::job, {.required = true}),
                          field("assets_to_clip", &ClipCreated::assets_to_clip, {.required = true}),
                          field("asset_keys", &ClipCreated::asset_keys, {.required = true}));
}

constexpr OperationSpec kCreate{
    .id = "clip.create_from_item",
    .scope = "processing:process",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Cut an area out of an item's rasters: a job makes a new item of it, every value as it was.",
    .errors = Code::PaymentRequired | Code::Gone,
    .accepts_idempotency_key = true,
    .max_values = kMostValues,
};

Result<domain::ProcessOrder> prepare(domain::Call& /*call*/, const ClipFromItemInput& in) {
    domain::ProcessOrder order;
    order.project_id = in.project_id.value_or(ProjectId());
    order.source_item_id = in.source_item_id;
    order.name = in.output_name;
    order.parameters.set("aoi_geometry", in.aoi_geometry.value);
    if (in.asset_keys)
        order.parameters.set("asset_keys", Json::array_of(*in.asset_keys));
    CHECK_OK(domain::read_area(order));
    return order;
}

Result<ClipCreated> create(domain::Context& cx, const ClipFromItemInput& /*in*/, domain::ProcessOrder& order) {
    TRY(const auto job, domain::begin_job(cx, domain::kClipProcess, order));
    ClipCreated out;
    TRY(out.job, shown(cx, job));
    out.asset_keys = out.job.asset_keys;
    TRY(const Json keys, Json::parse(out.asset_keys.text));
    out.assets_to_clip = std::ssize(keys.items());
    return out;
}

struct ClipJobsListInput {
    OrganizationId organization_id;
    std::optional<std::string> status;
    std::int64_t limit = 50, offset = 0;
};
constexpr auto describe(schema::Of<ClipJobsListInput>) {
    using schema::field;
    using T = ClipJobsListInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("status", &T::status, {.text = "pending, running, completed, failed or cancelled"}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct ClipJobsListOutput {
    std::vector<ProcessingJob> jobs;
    std::int64_t total = 0;
};
constexpr auto describe(schema::Of<ClipJobsListOutput>) {
    return schema::fields(schema::field("jobs", &ClipJobsListOutput::jobs, {.required = true}),
                          schema::field("total", &ClipJobsListOutput::total, {.required = true}));
}

constexpr OperationSpec kList{
    .id = "clip.jobs.list",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "List clip jobs of the organization, newest first.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<ClipJobsListOutput> list(domain::Context& cx, const ClipJobsListInput& in) {
    CHECK_OK(domain::require_organization(cx, in.organization_id, domain::OrganizationRole::Member));
    catalog::ProcessingJobList wanted;
    wanted.process = domain::kClipName;
    TRY(wanted.states, domain::states_of(in.status));
    wanted.limit = in.limit;
    wanted.offset = in.offset;
    TRY(const auto page, domain::list_readable_jobs(cx, std::move(wanted)));
    ClipJobsListOutput out;
    TRY(out.jobs, shown(cx, page.jobs));
    out.total = page.total;
    return out;
}

/// Any other job is as if it were not there.
Result<catalog::ProcessingJob> require_clip(domain::Context& cx, const JobId& id) {
    return domain::require_job(cx, id, domain::ProjectRole::Viewer, domain::kClipName);
}

using ClipJobInput = schema::Named<JobIdInput, "ClipJobInput">;

constexpr OperationSpec kGet{
    .id = "clip.job.get",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell how far a clip job is and what came of it.",
};

Result<ProcessingJob> get(domain::Context& cx, const ClipJobInput& in) {
    TRY(const auto job, require_clip(cx, in.job_id));
    return shown(cx, job);
}

struct ClipFile {
    std::string mosaic_type, file_name, media_type;
    std::int64_t size_bytes = 0;
    ItemId item_id;
};
constexpr auto describe(schema::Of<ClipFile>) {
    using schema::field;
    return schema::fields(field("mosaic_type", &ClipFile::mosaic_type,
                                {.text = "What clip.job.download takes: the asset's key", .required = true}),
                          field("file_name", &ClipFile::file_name, {.required = true}),
                          field("size_bytes", &ClipFile::size_bytes, {.required = true}),
                          field("media_type", &ClipFile::media_type, {.required = true}),
                          field("item_id", &ClipFile::item_id, {.required = true}));
}

struct ClipJobDownloadsOutput {
    JobId job_id;
    std::string status;
    std::vector<ClipFile> downloads;
};
constexpr auto describe(schema::Of<ClipJobDownloadsOutput>) {
    using schema::field;
    using T = ClipJobDownloadsOutput;
    return schema::fields(field("job_id", &T::job_id, {.required = true}),
                          field("status", &T::status, {.required = true}),
                          field("downloads", &T::downloads, {.required = true}));
}

constexpr OperationSpec kDownloads{
    .id = "clip.job.downloads",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "List the files that a completed clip job made.",
    .errors = Code::Conflict,
};

Result<ClipJobDownloadsOutput> downloads(domain::Context& cx, const ClipJobInput& in) {
    TRY(const auto job, require_clip(cx, in.job_id));
    TRY(const auto files, domain::job_downloads(cx, job));
    ClipJobDownloadsOutput out;
    out.job_id = job.order.id;
    out.status = domain::status_of(job.queue.state);
    for (const auto& [item, asset] : files)
        out.downloads.push_back(
            {asset.key, asset.file_name, asset.media_type, asset.file_size_bytes.value_or(0), item});
    return out;
}

struct ClipDownloadInput : JobIdInput {
    std::string mosaic_type;
    std::optional<std::string> user_agent, requester_ip;
};
constexpr auto describe(schema::Of<ClipDownloadInput>) {
    using schema::field;
    using T = ClipDownloadInput;
    return schema::joined(
        describe(schema::Of<JobIdInput>{}),
        schema::fields(
            field("mosaic_type", &T::mosaic_type,
                  {.text = "One of clip.job.downloads", .required = true, .max_length = 255}),
            field("user_agent", &T::user_agent,
                  {.text = "Of whoever fetches the file; kept in the audit log", .max_length = 2000}),
            field("requester_ip", &T::requester_ip,
                  {.text = "The address of whoever fetches the file; kept in the audit log", .max_length = 64})));
}

struct ClipDownloadOutput {
    std::string url;
    std::int64_t expires_in_seconds = 0;
    JobId job_id;
    std::string mosaic_type;
    std::int64_t size_bytes = 0;
    std::string media_type;
};
constexpr auto describe(schema::Of<ClipDownloadOutput>) {
    using schema::field;
    using T = ClipDownloadOutput;
    return schema::fields(field("url", &T::url, {.text = "GET it without credentials", .required = true}),
                          field("expires_in_seconds", &T::expires_in_seconds, {.required = true}),
                          field("job_id", &T::job_id, {.required = true}),
                          field("mosaic_type", &T::mosaic_type, {.required = true}),
                          field("size_bytes", &T::size_bytes, {.required = true}),
                          field("media_type", &T::media_type, {.required = true}));
}

constexpr OperationSpec kDownload{
    .id = "clip.job.download",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "Get a signed URL, valid for 15 minutes, for one file that a clip job made.",
    .errors = Code::PaymentRequired | Code::Gone | Code::Conflict,
};

Result<ClipDownloadOutput> download(domain::Context& cx, const ClipDownloadInput& in) {
    cx.keep_caches();
    TRY(const auto job, require_clip(cx, in.job_id));
    cx.touch(job.order.id.str());
    TRY(auto made, domain::download_job(cx, job, in.mosaic_type, {in.user_agent, in.requester_ip}));
    return ClipDownloadOutput{std::move(made.url), made.expires_in_seconds, job.order.id,
                              in.mosaic_type,      made.size_bytes,         std::move(made.media_type)};
}

constexpr OperationSpec kTileInfo{
    .id = "clip.job.tile_info",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell where to see on a map what a completed clip job made.",
    .errors = Code::Conflict,
};

Result<JobTileInfo> clip_tile_info(domain::Context& cx, const ClipJobInput& in) {
    TRY(const auto job, require_clip(cx, in.job_id));
    return tile_info(cx, job);
}

using ClipJobDeleteInput = schema::Named<JobIdInput, "ClipJobDeleteInput">;
using ClipDeleteOutput = schema::Named<Done<JobId>, "ClipDeleteOutput">;

constexpr OperationSpec kDelete{
    .id = "clip.job.delete",
    .scope = "clip:destroy",
    .side_effect = SideEffect::Destructive,
    .summary = "Cancel a clip job, or remove one that has ended; the items that it made stay.",
};

Result<ClipDeleteOutput> remove(domain::Context& cx, const ClipJobDeleteInput& in) {
    CHECK_OK(domain::delete_job(cx, in.job_id, domain::kClipName));
    return ClipDeleteOutput{{true, in.job_id}};
}

constexpr OperationSpec kAreas{
    .id = "clip.areas.list",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "List the delivery areas of this server, of which it has none.",
};

Result<std::vector<schema::JsonObject>> areas(domain::Context& cx, const Empty& /*in*/) {
    CHECK_OK(domain::own_organization(cx));
    return std::vector<schema::JsonObject>();
}

struct Area {
    std::string area;
};
constexpr auto describe(schema::Of<Area>) {
    return schema::fields(schema::field("area", &Area::area, {.required = true, .max_length = 255}));
}

tl::unexpected<Error> no_area(const std::string& name) {
    return fail(Code::NotFound,
                fmt::format("There is no delivery area '{}'; this server has none, clip.create_from_item "
                            "cuts out of items",
                            clean_utf8(name, kMostQuoted)));
}

constexpr OperationSpec kMosaics{
    .id = "clip.area.mosaics",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "List the mosaics of a delivery area.",
};

Result<std::vector<schema::JsonObject>> mosaics(domain::Context& /*cx*/, const Area& in) {
    return no_area(in.area);
}

constexpr OperationSpec kMetadata{
    .id = "clip.area.metadata",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe the captures of a delivery area.",
};

Result<Json> metadata(domain::Context& /*cx*/, const Area& in) {
    return no_area(in.area);
}

struct ClipCreateFromAreaInput {
    std::string area;
    std::vector<std::string> mosaic_types;
    schema::JsonObject aoi_geometry;
    std::optional<std::string> aoi_name;
    std::optional<ProjectId> project_id;
    OrganizationId organization_id;
};
constexpr auto describe(schema::Of<ClipCreateFromAreaInput>) {
    using schema::field;
    using T = ClipCreateFromAreaInput;
    return schema::fields(field("area", &T::area, {.required = true, .max_length = 255}),
                          field("mosaic_types", &T::mosaic_types, {.required = true, .max_items = 200}),
                          field("aoi_geometry", &T::aoi_geometry, {.required = true}), field("aoi_name", &T::aoi_name),
                          field("project_id", &T::project_id),
                          field("organization_id", &T::organization_id, {.required = true}));
}

constexpr OperationSpec kCreateFromArea{
    .id = "clip.create_from_area",
    .scope = "clip:write",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Cut an area out of the mosaics of a delivery area.",
    .accepts_idempotency_key = true,
    .max_values = kMostValues,
};

Result<ClipCreated> create_from_area(domain::Context& cx, const ClipCreateFromAreaInput& in) {
    CHECK_OK(domain::require_organization(cx, in.organization_id, domain::OrganizationRole::Member));
    return no_area(in.area);
}

} // namespace

void add_clips(Registry& registry) {
    registry.prepared_write(kCreate, prepare, create);
    registry.write(kCreateFromArea, create_from_area);
    registry.read(kList, list, Pace::Search);
    registry.read(kGet, get);
    registry.read(kDownloads, downloads);
    registry.write(kDownload, download);
    registry.read(kTileInfo, clip_tile_info);
    registry.write(kDelete, remove);
    registry.read(kAreas, areas);
    registry.read(kMosaics, mosaics);
    registry.read(kMetadata, metadata);
}

} // namespace landfall::operations
