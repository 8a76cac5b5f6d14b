#include "domain/items/renditions.hpp"

#include "catalog/items/asset.hpp"
#include "core/text.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/bands.hpp"
#include "domain/items/blob_copy.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/facts.hpp"
#include "imagery/sidecars.hpp"
#include "jobs/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kGone = "the item or its asset was deleted";
constexpr std::chrono::minutes kShortestJob{10};
constexpr std::int64_t kSlowestBytesPerSecond = 4 << 20; ///< of pixels; a slow core does ten times as many
constexpr std::int64_t kMostCompressed = 1000;           ///< as raster::RasterLimits has it
constexpr std::int64_t kMostBelieved = std::int64_t{1} << 50;
constexpr double kWidestSample = 8; ///< bytes

/// The item and asset a job is about; nothing if they were deleted since.
struct Subject {
    catalog::ItemRow item;
    catalog::AssetRow asset;
    std::vector<catalog::AssetRow> assets;
    imagery::Facts facts;
};

Result<std::optional<Subject>> find_subject(const Services& services, const jobs::JobContext& job,
                                            const RenditionPayload& payload) {
    return services.database.read_for([&](database::Session& session) -> Result<std::optional<Subject>> {
        const auto& row = job.job();
        Subject subject;
        TRY(auto item, catalog::find_item(session, row.organization_id, row.item_id.value_or(ItemId())));
        if (!item)
            return std::optional<Subject>();
        TRY(auto asset, catalog::find_asset(session, row.organization_id, item->id, payload.asset_id));
        if (!asset || !asset->blob_key)
            return std::optional<Subject>();
        subject.item = std::move(*item);
        subject.asset = std::move(*asset);
        TRY(subject.assets, catalog::list_assets(session, row.organization_id, subject.item.id));
        TRY(subject.facts, imagery::facts_from_text(subject.asset.facts));
        return std::optional<Subject>(std::move(subject));
    });
}

/// What a rendition becomes.
struct RenditionPlan {
    catalog::RenditionKind kind = catalog::RenditionKind::Cog;
    std::string_view driver; ///< of the format that the worker writes
    std::string file_name;
    std::string media_type;
    std::string roles;
    std::optional<imagery::CogAnswer> cog; ///< what the file of a COG says of itself
};

/// The asset in a folder of its own, to be read as its facts have it.
Result<Workplace> lay_out_subject(const Services& services, const Subject& subject) {
    TRY(auto workplace, lay_out_asset(services, subject.assets, subject.asset));
    workplace.files.crs = subject.facts.given_crs;
    return workplace;
}

bool looks_categorical(const Subject& subject) {
    return subject.facts.raster && subject.facts.raster->looks_categorical;
}

/// What a job has to go through at most, bytes: what a sparse file declares is only believed as far as it could be
/// compressed.
std::int64_t believed_bytes(const Subject& subject) {
    const std::int64_t stored = subject.asset.file_size_bytes.value_or(0);
    const std::int64_t most = stored > kMostBelieved / kMostCompressed ? kMostBelieved : stored * kMostCompressed;
    if (!subject.facts.raster)
        return most;
    const auto& raster = *subject.facts.raster;
    const double declared = static_cast<double>(raster.width) * static_cast<double>(raster.height) *
                            static_cast<double>(raster.band_count) * kWidestSample;
    return declared < static_cast<double>(most) ? static_cast<std::int64_t>(declared) : most;
}

jobs::SandboxLimits job_limits(const Limits& limits, const Subject& subject) {
    const std::int64_t source_bytes = subject.asset.file_size_bytes.value_or(0);
    jobs::SandboxLimits out;
    out.memory_bytes = limits.job_memory_bytes;
    out.cpu = std::chrono::seconds(0);
    out.wall = kShortestJob + std::chrono::seconds(believed_bytes(subject) / kSlowestBytesPerSecond);
    out.no_progress = std::chrono::seconds(limits.job_stall_seconds);
    out.scratch_bytes = 4 * source_bytes + (8LL << 30);
    return out;
}

/// A subject in its folder, for one job.
struct Worker {
    const Services& services;
    jobs::JobContext& job;
    const Subject& subject;
    const Workplace& workplace;

    template<typename Arguments, typename Answer>
    Result<Answer> run(const schema::TaskSpec<Arguments, Answer>& task, Arguments arguments) const {
        arguments.files = workplace.files;
        return services.launcher.run(task, workplace.folder.path(), arguments, limits(), job.progress(0.05, 0.9))
            .answer;
    }
    jobs::SandboxLimits limits() const { return job_limits(services.settings.limits, subject); }
};

/// A COG has the facts of its original, but for what its own file says of missing pixels and types.
Status describe_cog(catalog::AssetRow& cog, const catalog::AssetRow& original, const imagery::CogAnswer& made) {
    TRY(auto facts, imagery::facts_from_text(original.facts));
    for (auto& band : facts.raster->bands) {
        band.data_type = made.data_type;
        if (band.color_interpretation != "alpha")
            band.nodata = made.nodata;
    }
    describe_asset(cog, facts);
    TRY(const auto all, Json::parse(cog.facts));
    cog.facts = Json::object({{"epsg", all["epsg"]}, {"crs_wkt", all["crs_wkt"]}, {"raster", all["raster"]}}).dump();
    return {};
}

catalog::AssetRow rendition_draft(const catalog::AssetRow& original, const RenditionPlan& plan) {
    catalog::AssetRow asset;
    const std::string kind(schema::enum_text(plan.kind));
    const bool cog = plan.kind == catalog::RenditionKind::Cog;
    asset.key = original.key == "data" ? kind : fmt::format("{}-{}", original.key, kind);
    asset.file_name = plan.file_name;
    asset.title = fmt::format("{} of {}", cog ? "Cloud-optimized GeoTIFF" : "Thumbnail", original.key);
    asset.media_type = plan.media_type;
    asset.roles = plan.roles;
    asset.is_rendition = true;
    asset.derived_from_asset = original.id;
    asset.rendition_kind = plan.kind;
    return asset;
}

Result<catalog::AssetRow> put_rendition(Shelf& shelf, const catalog::AssetRow& original, const RenditionPlan& plan,
                                        const StoredFile& file, std::vector<catalog::Entity> origins = {}) {
    origins.insert(origins.begin(), {"asset", original.id.str()});
    auto draft = rendition_draft(original, plan);
    if (plan.cog)
        CHECK_OK(describe_cog(draft, original, *plan.cog));
    return shelf.put_asset(std::move(draft), file, origins);
}

/// The job's asset on the shelf, and itself; nothing if either was deleted since.
struct Shelved {
    Shelf shelf;
    catalog::AssetRow asset;
};
Result<std::optional<Shelved>> take_down(Context& cx, const Subject& subject) {
    TRY(auto item, catalog::lock_item(cx.session, subject.item.organization_id, subject.item.id));
    if (!item)
        return std::optional<Shelved>();
    TRY(auto shelf, Shelf::open(cx, std::move(*item)));
    const auto& assets = shelf.assets();
    const auto asset =
        std::find_if(assets.begin(), assets.end(), [&](const auto& a) { return a.id == subject.asset.id; });
    if (asset == assets.end())
        return std::optional<Shelved>();
    catalog::AssetRow found = *asset;
    return std::optional(Shelved{std::move(shelf), std::move(found)});
}

/// Makes room for a rendition in place of one whose bytes are missing.
Status take_away_missing(Context& cx, Shelf& shelf, const catalog::AssetRow& original, catalog::RenditionKind kind) {
    std::int64_t freed = 0; // renditions count nowhere
    for (const auto& asset : std::vector(shelf.assets()))
        if (asset.derived_from_asset == original.id && asset.rendition_kind == kind &&
            asset.damage == catalog::AssetDamage::Missing)
            CHECK_OK(take_away(cx, shelf, asset, freed));
    return {};
}

/// Registers a rendition in one transaction with its lineage and the job's end.
Status register_rendition(const Services& services, jobs::JobContext& job, const Subject& subject,
                          const RenditionPlan& plan, const storage::BlobInfo& blob) {
    return transact_for(services, job, [&](Context& cx) -> Status {
        TRY(auto shelved, take_down(cx, subject));
        if (!shelved)
            return job.finish(cx.transaction, RenditionResult{.skipped = std::string(kGone)});
        CHECK_OK(take_away_missing(cx, shelved->shelf, shelved->asset, plan.kind));
        TRY(const auto asset, put_rendition(shelved->shelf, shelved->asset, plan, stored_file(blob),
                                            {{"processing_job", job.job().id.str()}}));
        CHECK_OK(shelved->shelf.store(catalog::IndexUpdate::Keep));
        CHECK_OK(job.link_output(cx.session, {"asset", asset.id.str()}));
        return job.finish(cx.transaction, RenditionResult{.asset_id = asset.id.str(), .key = asset.key});
    });
}

/// Stores the file that a worker made.
Status keep_rendition(const Worker& worker, const RenditionPlan& plan, const std::string& file) {
    worker.job.report(0.95, "storing");
    // The writer is held until the row is committed, so that a sweep cannot take the new blob for an orphan.
    TRY(const auto copy, copy_into_store(worker.services.store, worker.workplace.folder,
                                         {file, plan.driver, worker.limits().scratch_bytes}));
    return register_rendition(worker.services, worker.job, worker.subject, plan, copy.info);
}

RenditionPlan cog_plan(const catalog::AssetRow& original, const imagery::CogAnswer& made) {
    RenditionPlan plan;
    plan.kind = catalog::RenditionKind::Cog;
    plan.driver = "GTiff";
    plan.file_name = imagery::file_stem(original.file_name) + ".cog.tif";
    plan.media_type = imagery::kCogMediaType;
    plan.roles = R"(["data","overview"])";
    plan.cog = made;
    return plan;
}

RenditionPlan thumbnail_plan(const catalog::AssetRow& original) {
    RenditionPlan plan;
    plan.kind = catalog::RenditionKind::Thumbnail;
    plan.driver = "PNG";
    plan.file_name = imagery::file_stem(original.file_name) + ".thumbnail.png";
    plan.media_type = "image/png";
    plan.roles = R"(["thumbnail"])";
    return plan;
}

/// Stores what a full reading found: exact statistics, or the damage.
Status register_scan(const Services& services, jobs::JobContext& job, const Subject& subject,
                     const Result<imagery::Facts>& found) {
    return transact_for(services, job, [&](Context& cx) -> Status {
        TRY(auto shelved, take_down(cx, subject));
        if (!shelved)
            return job.finish(cx.transaction, ScanResult{.skipped = std::string(kGone)});
        auto& [shelf, asset] = *shelved;
        ScanResult result{.damaged = !found.has_value()};
        if (found) {
            TRY(const auto before, imagery::facts_from_text(asset.facts));
            imagery::Facts facts = *found;
            keep_band_names(facts, before);
            describe_asset(asset, facts);
        } else {
            asset.damage = catalog::AssetDamage::Unreadable;
            result.reason = found.error().message;
        }
        CHECK_OK(shelf.change_asset(asset));
        CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
        return job.finish(cx.transaction, result);
    });
}

template<typename Outcome>
Status enqueue_for(Context& cx, const JobKind<RenditionPayload, Outcome>& kind, const catalog::AssetRow& asset) {
    return enqueue(cx, kind, {asset.id.str()}, subject_of(asset, kind.name)).map([](const JobId&) {});
}

/// What an asset has already.
struct Made {
    bool cog = false;
    bool thumbnail = false;
};

Status enqueue_absent(Context& cx, const catalog::AssetRow& asset, const imagery::Facts& facts, const Made& made) {
    if (!facts.raster)
        return {};
    const imagery::RasterFacts& raster = *facts.raster;
    // A picture needs no place on the map, but complex numbers have none.
    if (!made.thumbnail && !raster.bands.empty() &&
        std::none_of(raster.bands.begin(), raster.bands.end(), imagery::is_complex))
        CHECK_OK(enqueue_for(cx, kThumbnailJob, asset));
    if (!made.cog && raster.renderable && !raster.is_cog)
        CHECK_OK(enqueue_for(cx, kCogJob, asset));
    if (raster.sampled_only)
        CHECK_OK(enqueue_for(cx, kScanJob, asset));
    return {};
}

} // namespace

Result<RenditionResult> run_cog(const Services& services, jobs::JobContext& job, const RenditionPayload& payload) {
    TRY(const auto subject, find_subject(services, job, payload));
    if (!subject)
        return RenditionResult{.skipped = std::string(kGone)};
    TRY(const auto workplace, lay_out_subject(services, *subject));
    const Worker worker{services, job, *subject, workplace};
    TRY(const auto made, worker.run(imagery::kMakeCog, cog_arguments(subject->facts)));
    CHECK_OK(keep_rendition(worker, cog_plan(subject->asset, made), made.file));
    return RenditionResult();
}

Result<RenditionResult> run_thumbnail(const Services& services, jobs::JobContext& job,
                                      const RenditionPayload& payload) {
    TRY(const auto subject, find_subject(services, job, payload));
    if (!subject)
        return RenditionResult{.skipped = std::string(kGone)};
    TRY(const auto workplace, lay_out_subject(services, *subject));
    const Worker worker{services, job, *subject, workplace};
    imagery::ThumbnailArguments arguments;
    arguments.format = imagery::TileFormat::Png;
    arguments.rendering = imagery::default_rendering(subject->facts, subject->asset.file_name);
    arguments.facts = imagery::tile_facts(subject->facts, imagery::BandNames::of(subject->facts), arguments.rendering);
    TRY(const auto made, worker.run(imagery::kMakeThumbnail, std::move(arguments)));
    CHECK_OK(keep_rendition(worker, thumbnail_plan(subject->asset), made.file));
    return RenditionResult();
}

Result<ScanResult> run_scan(const Services& services, jobs::JobContext& job, const RenditionPayload& payload) {
    TRY(const auto subject, find_subject(services, job, payload));
    if (!subject)
        return ScanResult{.skipped = std::string(kGone)};
    TRY(const auto workplace, lay_out_subject(services, *subject));
    imagery::ProbeArguments arguments;
    arguments.full_decode_bytes = std::int64_t{1} << 62; // a job may read a file of any size in full
    arguments.categorical_hint = looks_categorical(*subject);
    const auto found = Worker{services, job, *subject, workplace}.run(imagery::kProbe, std::move(arguments));
    if (!found && found.error().code != Code::InvalidArgument)
        return fail(found.error());
    CHECK_OK(register_scan(services, job, *subject, found));
    return ScanResult();
}

Status enqueue_renditions(Context& cx, const catalog::AssetRow& asset, const imagery::Facts& facts, CogState cog) {
    return enqueue_absent(cx, asset, facts, {.cog = cog == CogState::Present});
}

Status enqueue_missing_renditions(Context& cx, const Shelf& shelf) {
    for (const auto& asset : shelf.assets()) {
        const auto has = [&](catalog::RenditionKind kind) {
            return std::any_of(shelf.assets().begin(), shelf.assets().end(), [&](const auto& other) {
                return other.derived_from_asset == asset.id && other.rendition_kind == kind;
            });
        };
        if (asset.is_rendition || !asset.statistics)
            continue;
        TRY(const auto facts, imagery::facts_from_text(asset.facts));
        CHECK_OK(enqueue_absent(
            cx, asset, facts,
            {.cog = has(catalog::RenditionKind::Cog), .thumbnail = has(catalog::RenditionKind::Thumbnail)}));
    }
    return {};
}

Status make_again(Context& cx, const Shelf& shelf, const catalog::AssetRow& missing) {
    const auto& assets = shelf.assets();
    const auto original = std::find_if(assets.begin(), assets.end(),
                                       [&](const auto& asset) { return asset.id == missing.derived_from_asset; });
    if (!missing.rendition_kind || original == assets.end() || original->damage == catalog::AssetDamage::Missing)
        return {};
    return *missing.rendition_kind == catalog::RenditionKind::Cog ? enqueue_for(cx, kCogJob, *original)
                                                                  : enqueue_for(cx, kThumbnailJob, *original);
}

imagery::CogArguments cog_arguments(const imagery::Facts& facts) {
    imagery::CogArguments arguments;
    arguments.categorical = facts.raster && facts.raster->looks_categorical;
    arguments.alpha_is_data = imagery::has_infrared_alpha(facts);
    return arguments;
}

Result<MadeCog> make_cog_now(const Services& services, AwaitedTasks& tasks, const Workplace& workplace,
                             const imagery::Facts& facts) {
    imagery::CogArguments arguments = cog_arguments(facts);
    arguments.files = workplace.files;
    arguments.files.crs = facts.given_crs;
    arguments.files.crs_for_none = false;
    TRY(auto made, tasks.run(imagery::kMakeCog, workplace.folder.path(), arguments));
    TRY(auto file, copy_into_store(services.store, workplace.folder,
                                   {made.file, "GTiff", services.settings.limits.probe_scratch_bytes}));
    return MadeCog{std::move(file), std::move(made)};
}

Status put_cog(Shelf& shelf, const catalog::AssetRow& original, const storage::BlobInfo& blob,
               const imagery::CogAnswer& made) {
    return put_rendition(shelf, original, cog_plan(original, made), stored_file(blob)).map([](const auto&) {});
}

} // namespace landfall::domain
