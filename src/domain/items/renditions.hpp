#pragma once
/// What we make of an uploaded raster after `complete` answered: a COG where the upload is none, a thumbnail, exact
/// statistics where the probe only sampled. Uploaded bytes are never altered. Design: sections 5 and 10.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "domain/items/shelf.hpp"
#include "domain/items/workplace.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "domain/work/job_kind.hpp"
#include "imagery/facts.hpp"
#include "imagery/tasks.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

/// Whether what is drawn from is a COG already, or one has still to be made.
enum class CogState { Missing, Present };
/// Queues the jobs that one raster asset needs, within the transaction that made it.
Status enqueue_renditions(Context& cx, const catalog::AssetRow& asset, const imagery::Facts& facts, CogState cog);

/// Queues what the item's rasters have not got: for a copy of an item whose jobs were still to run.
Status enqueue_missing_renditions(Context& cx, const Shelf& shelf);

/// Queues a rendition whose bytes are missing to be made again, if what it shows is there. Others are left alone.
Status make_again(Context& cx, const Shelf& shelf, const catalog::AssetRow& missing);

/// What the worker that makes a COG of such a file has to know; the files are left out.
imagery::CogArguments cog_arguments(const imagery::Facts& facts);

/// A COG that was made of a file, and what its worker told of it.
struct MadeCog {
    HeldBlob file;
    imagery::CogAnswer made;
};
/// Makes one while a caller waits, where nothing could be drawn from the file itself.
Result<MadeCog> make_cog_now(const Services& services, AwaitedTasks& tasks, const Workplace& workplace,
                             const imagery::Facts& facts);

/// Puts a COG of an asset beside it. `made`: what its worker told.
Status put_cog(Shelf& shelf, const catalog::AssetRow& original, const storage::BlobInfo& blob,
               const imagery::CogAnswer& made);

/// The raster asset that a job makes something of.
struct RenditionPayload {
    std::string asset_id;
};
constexpr auto describe(schema::Of<RenditionPayload>) {
    return schema::fields(
        schema::field("asset_id", &RenditionPayload::asset_id, {.required = true, .min_length = 1, .max_length = 64}));
}

/// The asset that was made, or why none was.
struct RenditionResult {
    std::optional<std::string> asset_id;
    std::optional<std::string> key;
    std::optional<std::string> skipped;
};
constexpr auto describe(schema::Of<RenditionResult>) {
    using R = RenditionResult;
    return schema::fields(schema::field("asset_id", &R::asset_id, {.sparse = true}),
                          schema::field("key", &R::key, {.sparse = true}),
                          schema::field("skipped", &R::skipped, {.sparse = true}));
}

struct ScanResult {
    std::optional<bool> damaged;
    std::optional<std::string> reason;
    std::optional<std::string> skipped;
};
constexpr auto describe(schema::Of<ScanResult>) {
    return schema::fields(schema::field("damaged", &ScanResult::damaged, {.sparse = true}),
                          schema::field("reason", &ScanResult::reason, {.sparse = true}),
                          schema::field("skipped", &ScanResult::skipped, {.sparse = true}));
}

Result<RenditionResult> run_cog(const Services& services, jobs::JobContext& job, const RenditionPayload& payload);
Result<RenditionResult> run_thumbnail(const Services& services, jobs::JobContext& job, const RenditionPayload& payload);
Result<ScanResult> run_scan(const Services& services, jobs::JobContext& job, const RenditionPayload& payload);

inline constexpr JobKind<RenditionPayload, RenditionResult> kCogJob{.name = "item.cog", .run = run_cog};
/// A thumbnail is small and seen first.
inline constexpr JobKind<RenditionPayload, RenditionResult> kThumbnailJob{
    .name = "item.thumbnail", .priority = 1, .run = run_thumbnail};
inline constexpr JobKind<RenditionPayload, ScanResult> kScanJob{.name = "item.scan", .run = run_scan};

} // namespace landfall::domain
