#include "domain/items/renditions.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/work/job.hpp"
#include "core/text.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/blob_copy.hpp"
#include "domain/items/item_document.hpp"
#include "domain/items/items.hpp"
#include "domain/items/lineage.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/facts.hpp"
#include "imagery/sidecars.hpp"
#include "jobs/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kCogKind = "item.cog";
constexpr std::string_view kThumbnailKind = "item.thumbnail";
constexpr std::string_view kScanKind = "item.scan";

/// The item and asset a job is about; nothing if they were deleted since.
struct Subject {
    catalog::ItemRow item;
    catalog::AssetRow asset;
    std::vector<catalog::AssetRow> assets;
    imagery::Facts facts;
};

Result<std::optional<Subject>> find_subject(const Services& services, const jobs::JobContext& job) {
    return services.database.read_for([&](database::Session& session) -> Result<std::optional<Subject>> {
        const auto& row = job.job();
        Subject subject;
        TRY(auto item, catalog::find_item(session, row.organization_id, row.item_id.value_or(ItemId())));
        if (!item)
            return std::optional<Subject>();
        TRY(auto asset,
            catalog::find_asset(session, row.organization_id, item->id, job.payload()["asset_id"].as_view()));
        if (!asset || !asset->blob_key)
            return std::optional<Subject>();
        subject.item = std::move(*item);
        subject.asset = std::move(*asset);
        TRY(subject.assets, catalog::list_assets(session, row.organization_id, subject.item.id));
        TRY(const Json facts, Json::parse(subject.asset.facts));
        TRY(subject.facts, imagery::facts_from_json(facts));
        return std::optional<Subject>(std::move(subject));
    });
}

/// What a rendition becomes.
struct RenditionPlan {
    std::string_view task; ///< what the worker runs
    std::string_view kind; ///< `cog`, `thumbnail`
    std::string file_name;
    std::string media_type;
    std::string roles;
    Json arguments = Json::object();
};

/// The asset and its sidecars in a folder of their own, and the arguments that name them to a worker.
struct Workplace {
    jobs::ScratchFolder folder;
    Json arguments;
};

Result<Workplace> lay_out_asset(const Services& services, const Subject& subject) {
    TRY(auto folder, jobs::ScratchFolder::make(services.settings.scratch_directory));
    TRY(const auto sniffed, sniff_blob(services.store, *subject.asset.blob_key, subject.asset.file_name));
    const auto files = named_files(sidecars_of(subject.assets, subject.asset), subject.asset, sniffed.safe_name);
    TRY(Json arguments, lay_out(services.blobs, folder, files, subject.asset.file_name));
    arguments.set("facts", imagery::tile_facts(subject.facts));
    arguments.set("categorical", subject.facts.raster && subject.facts.raster->looks_categorical);
    return Workplace{std::move(folder), std::move(arguments)};
}

jobs::SandboxLimits job_limits(const Limits& limits, std::int64_t source_bytes) {
    jobs::SandboxLimits out;
    out.memory_bytes = limits.job_memory_bytes;
    out.cpu = std::chrono::seconds(0);
    out.wall = std::chrono::milliseconds(0);
    out.no_progress = std::chrono::seconds(limits.job_stall_seconds);
    out.scratch_bytes = std::max<std::int64_t>(limits.probe_scratch_bytes, 4 * source_bytes + (8LL << 30));
    return out;
}

Result<Json> run_worker(const Services& services, jobs::JobContext& job, const Subject& subject, std::string_view task,
                        const Workplace& workplace) {
    auto outcome = services.launcher.run(
        task, workplace.folder.path(), workplace.arguments,
        job_limits(services.settings.limits, subject.asset.file_size_bytes.value_or(0)), job.progress(0.05, 0.9));
    if (outcome.end != jobs::TaskEnd::Done && outcome.answer)
        return fail(Code::Internal, "The worker ended without an answer");
    return std::move(outcome.answer);
}

/// A context for what a job writes: the organization's own, without a caller.
auth::Principal job_principal(const catalog::JobRow& job) {
    auth::Principal principal;
    principal.type = auth::PrincipalType::Service;
    principal.id = job.id.str();
    principal.organization_id = job.organization_id;
    principal.user_id = job.created_by;
    return principal;
}

catalog::AssetRow rendition_asset(const catalog::AssetRow& original, const RenditionPlan& plan, Timestamp now) {
    catalog::AssetRow asset;
    asset.id = AssetId::make();
    asset.organization_id = original.organization_id;
    asset.project_id = original.project_id;
    asset.item_id = original.item_id;
    asset.key = original.key == "data" ? std::string(plan.kind) : fmt::format("{}-{}", original.key, plan.kind);
    asset.file_name = plan.file_name;
    asset.title = fmt::format("{} of {}", plan.kind == "cog" ? "Cloud-optimized GeoTIFF" : "Thumbnail", original.key);
    asset.media_type = plan.media_type;
    asset.roles = plan.roles;
    asset.is_rendition = true;
    asset.created_at = asset.updated_at = now;
    Json facts = Json::object({{"rendition_of", original.id.str()}, {"kind", plan.kind}});
    if (plan.kind == "cog") {
        const auto bands = Json::parse(original.facts).value_or(Json());
        facts.set("epsg", bands["epsg"]);
        facts.set("crs_wkt", bands["crs_wkt"]);
        facts.set("raster", bands["raster"]);
        asset.band_names = original.band_names;
        asset.data_type = original.data_type;
        asset.nodata = original.nodata;
        asset.statistics = original.statistics;
    }
    asset.facts = facts.dump();
    return asset;
}

/// Stores the asset, its object and where it came from.
Result<catalog::AssetRow> add_rendition(Context& cx, const catalog::AssetRow& original, const RenditionPlan& plan,
                                        const storage::BlobInfo& blob) {
    catalog::ObjectRow object;
    object.id = ObjectId::make();
    object.organization_id = original.organization_id;
    object.blob_key = blob.key;
    object.size = blob.size;
    object.md5 = to_hex(blob.md5);
    object.sha256 = to_hex(blob.sha256);
    object.created_at = cx.now;
    auto asset = rendition_asset(original, plan, cx.now);
    TRY(const auto assets, catalog::list_assets(cx.session, original.organization_id, original.item_id));
    asset.key = free_asset_key(assets, asset.key);
    asset.object_id = object.id;
    asset.file_size_bytes = blob.size;
    asset.checksum = multihash_sha256(blob.sha256);
    CHECK_OK(add_asset(cx, asset, object));
    CHECK_OK(record_origin(cx, {"asset", asset.id.str()}, {"asset", original.id.str()}));
    return asset;
}

Result<Json> skipped() {
    return Json::object({{"skipped", "the item or its asset was deleted"}});
}

/// Registers a rendition in one transaction with its lineage and the job's end.
Status register_rendition(const Services& services, jobs::JobContext& job, const Subject& subject,
                          const RenditionPlan& plan, const storage::BlobInfo& blob) {
    const auto principal = job_principal(job.job());
    return services.database.write([&](database::Session& session) -> Status {
        const Timestamp now = services.clock.now();
        const Call call{services, principal, now, job.job().id.str(), "", "", ""};
        Context cx(call, session);
        TRY(auto item, catalog::lock_item(session, subject.item.organization_id, subject.item.id));
        TRY(const auto source,
            catalog::find_asset(session, subject.item.organization_id, subject.item.id, subject.asset.id.str()));
        if (!item || !source)
            return job.finish(session, *skipped());
        TRY(const auto asset, add_rendition(cx, *source, plan, blob));
        CHECK_OK(record_origin(cx, {"asset", asset.id.str()}, {"processing_job", job.job().id.str()}));
        CHECK_OK(set_footprint(*item));
        CHECK_OK(store_item(session, *item, catalog::IndexUpdate::Keep, now));
        return job.finish(session, Json::object({{"asset_id", asset.id.str()}, {"key", asset.key}}));
    });
}

Result<Json> make_rendition(const Services& services, jobs::JobContext& job, const Subject& subject,
                            const RenditionPlan& plan) {
    TRY(auto workplace, lay_out_asset(services, subject));
    for (const auto& [name, value] : plan.arguments.members())
        workplace.arguments.set(name, value);
    TRY(Json answer, run_worker(services, job, subject, plan.task, workplace));
    const std::string output = answer["file"].as_string();
    if (!is_plain_file_name(output))
        return fail_internal("the worker named no output");
    job.report(0.95, "storing");
    // The writer is held until the row is committed, so that a sweep cannot take the new blob for an orphan.
    TRY(const auto copy, copy_into_store(services.store, workplace.folder.file(output)));
    CHECK_OK(register_rendition(services, job, subject, plan, copy.info));
    return answer;
}

RenditionPlan cog_plan(const catalog::AssetRow& original) {
    RenditionPlan plan;
    plan.task = "cog";
    plan.kind = "cog";
    plan.file_name = imagery::file_stem(original.file_name) + ".cog.tif";
    plan.media_type = "image/tiff; application=geotiff; profile=cloud-optimized";
    plan.roles = R"(["data","overview"])";
    return plan;
}

Result<Json> run_cog(const Services& services, jobs::JobContext& job) {
    TRY(const auto subject, find_subject(services, job));
    if (!subject)
        return skipped();
    return make_rendition(services, job, *subject, cog_plan(subject->asset));
}

Result<Json> run_thumbnail(const Services& services, jobs::JobContext& job) {
    TRY(const auto subject, find_subject(services, job));
    if (!subject)
        return skipped();
    RenditionPlan plan;
    plan.task = "thumbnail";
    plan.kind = "thumbnail";
    plan.file_name = imagery::file_stem(subject->asset.file_name) + ".thumbnail.png";
    plan.media_type = "image/png";
    plan.roles = R"(["thumbnail"])";
    plan.arguments =
        Json::object({{"format", "png"}, {"size", 512}, {"rendering", imagery::profile_config(subject->facts)}});
    return make_rendition(services, job, *subject, plan);
}

/// Stores what a full reading found: exact statistics, or the damage.
Status register_scan(const Services& services, jobs::JobContext& job, const Subject& subject,
                     const Result<Json>& found) {
    return services.database.write([&](database::Session& session) -> Status {
        const Timestamp now = services.clock.now();
        TRY(auto item, catalog::lock_item(session, subject.item.organization_id, subject.item.id));
        TRY(auto asset,
            catalog::find_asset(session, subject.item.organization_id, subject.item.id, subject.asset.id.str()));
        if (!item || !asset)
            return job.finish(session, *skipped());
        TRY(Json properties, Json::parse(item->properties));
        if (found) {
            TRY(const auto facts, imagery::facts_from_json(*found));
            describe_asset(*asset, facts);
            asset->updated_at = now;
            CHECK_OK(catalog::update_asset(session, *asset));
        } else {
            properties.set("landfall:damaged", found.error().message);
        }
        item->properties = properties.dump();
        CHECK_OK(set_footprint(*item));
        CHECK_OK(store_item(session, *item, catalog::IndexUpdate::Rewrite, now));
        return job.finish(session, Json::object({{"damaged", !found.has_value()}}));
    });
}

Result<Json> run_scan(const Services& services, jobs::JobContext& job) {
    TRY(const auto subject, find_subject(services, job));
    if (!subject)
        return skipped();
    TRY(auto workplace, lay_out_asset(services, *subject));
    // A job may read a file of any size in full.
    workplace.arguments.set("budgets", Json::object({{"full_decode_bytes", std::int64_t{1} << 62}}));
    workplace.arguments.set("categorical_hint", subject->facts.raster && subject->facts.raster->looks_categorical);
    const auto found = run_worker(services, job, *subject, "probe", workplace);
    if (!found && found.error().code != Code::InvalidArgument)
        return fail(found.error());
    CHECK_OK(register_scan(services, job, *subject, found));
    return Json::object();
}

Status enqueue(Context& cx, const catalog::AssetRow& asset, std::string_view kind) {
    catalog::JobRow job;
    job.id = JobId::make();
    job.kind = kind;
    job.organization_id = asset.organization_id;
    job.project_id = asset.project_id;
    job.item_id = asset.item_id;
    job.payload = Json::object({{"asset_id", asset.id.str()}}).dump();
    job.dedupe_key = fmt::format("{}:{}", kind, asset.id.str());
    job.created_by = cx.principal.user_id;
    job.run_after = job.created_at = job.updated_at = cx.now;
    job.priority = kind == kThumbnailKind ? 1 : 0; // a thumbnail is small and seen first
    CHECK_OK(catalog::enqueue_job(cx.session, job));
    cx.jobs_enqueued = true;
    return {};
}

} // namespace

Status enqueue_renditions(Context& cx, const catalog::AssetRow& asset, const imagery::Facts& facts, CogState cog) {
    if (!facts.raster)
        return {};
    const imagery::RasterFacts& raster = *facts.raster;
    // A picture needs no place on the map, but complex numbers have none.
    if (!raster.bands.empty() && std::none_of(raster.bands.begin(), raster.bands.end(), imagery::is_complex))
        CHECK_OK(enqueue(cx, asset, kThumbnailKind));
    if (raster.renderable && !raster.is_cog && cog == CogState::Missing)
        CHECK_OK(enqueue(cx, asset, kCogKind));
    if (raster.sampled_only)
        CHECK_OK(enqueue(cx, asset, kScanKind));
    return {};
}

Status add_cog(Context& cx, const catalog::AssetRow& original, const storage::BlobInfo& blob) {
    return add_rendition(cx, original, cog_plan(original), blob).map([](const auto&) {});
}

std::vector<jobs::JobHandler> rendition_handlers(const Services& services) {
    const auto handler = [&services](std::string_view kind, Result<Json> (*run)(const Services&, jobs::JobContext&)) {
        return jobs::JobHandler{
            std::string(kind), [&services, run](jobs::JobContext& job) { return run(services, job); }, {}};
    };
    return {handler(kCogKind, run_cog), handler(kThumbnailKind, run_thumbnail), handler(kScanKind, run_scan)};
}

} // namespace landfall::domain
