#pragma once
/// Cutting an area out of an item's rasters: what may be ordered, and the job that does it. Contract: geopera.md
/// section 8; `extensions.md`, "Pixels, decided".

#include "domain/processing/processes.hpp"
#include "domain/work/job_kind.hpp"
#include "geo/area.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// `parameters` of a clip, without its area.
struct ClipParameters {
    std::vector<std::string> asset_keys;
};
constexpr auto describe(schema::Of<ClipParameters>) {
    return schema::fields(
        schema::field("asset_keys", &ClipParameters::asset_keys, {.required = true, .min_items = 1, .max_items = 200}));
}

Result<PlannedJob> plan_clip(Context& cx, const ProcessOrder& order);
Status enqueue_clip(Context& cx, const PlannedJob& planned);

inline constexpr std::string_view kClipName = "cog_clip";
inline constexpr Process kClipProcess{
    .id = kClipName,
    .title = "Clip",
    .description = "Cuts an area out of an item's rasters: the pixels whose centres lie in it, each value as it is, as "
                   "cloud-optimized GeoTIFFs of a new item.",
    .category = "raster",
    .parameters = R"({"type":"object","required":["aoi_geometry"],"properties":{"aoi_geometry":{"type":"object",)"
                  R"("description":"GeoJSON Polygon or MultiPolygon in longitude and latitude; longitudes beyond 180 )"
                  R"(go on across the antimeridian"},"asset_keys":{"type":["array","null"],"items":{"type":"string"},)"
                  R"("description":"Every uploaded raster of the item if absent"}}})",
    .plan = plan_clip,
    .enqueue = enqueue_clip,
};

struct ClipPayload {
    std::string job_id;
};
constexpr auto describe(schema::Of<ClipPayload>) {
    return schema::fields(
        schema::field("job_id", &ClipPayload::job_id, {.required = true, .min_length = 1, .max_length = 64}));
}
struct ClipResult {
    std::string item_id;
};
constexpr auto describe(schema::Of<ClipResult>) {
    return schema::fields(schema::field("item_id", &ClipResult::item_id, {.required = true}));
}
/// Makes the item, or leaves nothing.
Result<ClipResult> run_clip(const Services& services, jobs::JobContext& job, const ClipPayload& payload);

/// What a user waits for goes before what is made for later.
inline constexpr JobKind<ClipPayload, ClipResult> kClipJob{.name = kClipName, .priority = 2, .run = run_clip};

} // namespace landfall::domain
