/// The job half of clip.hpp.

#include "catalog/items/profile.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/drawing/profiles.hpp"
#include "domain/ingest/placing.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/bands.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/workplace.hpp"
#include "domain/processing/clip.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::chrono::hours kLongestClip{6};
constexpr std::int64_t kScratchRoom = 16LL << 30;

/// What a clip is made of, as it was when its job began.
struct Material {
    catalog::ProcessingJobRow order;
    catalog::ItemRow item;
    std::vector<catalog::AssetRow> assets;
    std::vector<catalog::AssetRow> chosen;
};

Result<Material> find_material(const Services& services, const catalog::JobRow& job) {
    return services.database.read_for([&](database::Session& session) -> Result<Material> {
        TRY(auto found, catalog::find_processing_job(session, job.organization_id, job.id));
        if (!found)
            return fail(Code::NotFound, "The job was deleted");
        Material material{std::move(found->order), {}, {}, {}};
        const ItemId source = material.order.source_item_id.value_or(ItemId());
        TRY(auto item, catalog::find_item(session, job.organization_id, source));
        if (!item)
            return fail(Code::NotFound, "The source item was deleted before it could be clipped");
        material.item = std::move(*item);
        TRY(material.assets, catalog::list_assets(session, job.organization_id, source));
        TRY(const Json parameters, Json::parse(material.order.parameters));
        for (const Json& key : parameters["asset_keys"].items()) {
            const auto asset = std::ranges::find(material.assets, key.as_view(), &catalog::AssetRow::key);
            if (asset == material.assets.end() || !asset->blob_key)
                return fail(Code::NotFound,
                            fmt::format("The asset '{}' was deleted before it could be clipped", key.as_string()));
            material.chosen.push_back(*asset);
        }
        return material;
    });
}

std::string clip_name(const catalog::AssetRow& source) {
    return imagery::file_stem(source.file_name) + ".clip.tif";
}

/// A clipped raster that is stored, and what was found in it.
struct Clipped {
    catalog::AssetRow source;
    HeldBlob file;
    imagery::Facts facts;
};

/// One asset of the item in a folder of its own.
class Clipper {
public:
    Clipper(const Services& services, jobs::JobContext& job, const Material& material)
        : services_(services), job_(job), material_(material) {}

    /// `from` and `to`: its share of the whole job.
    Result<Clipped> clip(const catalog::AssetRow& asset, double from, double to) {
        TRY(const auto facts, imagery::facts_from_text(asset.facts));
        // What ground control points place has a grid in its rendition only.
        const catalog::AssetRow& file = facts.raster && facts.raster->gcps_only ? rendition_of(asset) : asset;
        TRY(auto workplace, lay_out_asset(services_, material_.assets, file));
        if (&file == &asset)
            workplace.files.crs = facts.given_crs;
        CHECK_OK(workplace.folder.write(imagery::kAreaFile, material_.order.aoi_geometry.value_or("null")));
        imagery::ClipArguments arguments;
        arguments.files = workplace.files;
        arguments.categorical = facts.raster && facts.raster->looks_categorical;
        arguments.alpha_is_data = imagery::has_infrared_alpha(facts);
        arguments.ground_bounds = facts.bbox;
        const double middle = from + (to - from) * 0.8;
        TRY(const auto made, run(imagery::kClip, workplace, arguments, from, middle, file));
        imagery::ProbeArguments probe;
        probe.files.file = made.file;
        probe.files.original_name = clip_name(asset);
        probe.categorical_hint = arguments.categorical;
        TRY(auto found, run(imagery::kProbe, workplace, probe, middle, to, file));
        CHECK_OK(take_over(facts, found));
        TRY(auto held,
            copy_into_store(services_.store, workplace.folder, {made.file, "GTiff", limits(file).scratch_bytes}));
        return Clipped{asset, std::move(held), std::move(found)};
    }

private:
    template<typename Arguments, typename Answer>
    Result<Answer> run(const schema::TaskSpec<Arguments, Answer>& task, const Workplace& workplace,
                       const Arguments& arguments, double from, double to, const catalog::AssetRow& file) {
        return services_.launcher.run(task, workplace.folder.path(), arguments, limits(file), job_.progress(from, to))
            .answer;
    }

    const catalog::AssetRow& rendition_of(const catalog::AssetRow& asset) const {
        const auto found = std::ranges::find_if(material_.assets, [&](const auto& other) {
            return other.derived_from_asset == asset.id && other.rendition_kind == catalog::RenditionKind::Cog &&
                   other.blob_key;
        });
        return found != material_.assets.end() ? *found : asset;
    }

    jobs::SandboxLimits limits(const catalog::AssetRow& file) const {
        const Limits& limits = services_.settings.limits;
        jobs::SandboxLimits out;
        out.memory_bytes = limits.job_memory_bytes;
        out.cpu = std::chrono::seconds(0);
        out.wall = kLongestClip;
        out.no_progress = std::chrono::seconds(limits.job_stall_seconds);
        out.scratch_bytes = 4 * file.file_size_bytes.value_or(0) + kScratchRoom;
        return out;
    }

    /// What no pixel tells, and what a user said of them.
    static Status take_over(const imagery::Facts& before, imagery::Facts& found) {
        if (!found.raster || !before.raster)
            return fail_internal("a clip is no raster");
        keep_band_names(found, before);
        found.raster->looks_categorical = before.raster->looks_categorical;
        auto& bands = found.raster->bands;
        for (std::size_t i = 0; i < std::min(bands.size(), before.raster->bands.size()); ++i)
            if (bands[i].colors.empty())
                bands[i].colors = before.raster->bands[i].colors;
        found.datetime = before.datetime;
        found.start_datetime = before.start_datetime;
        found.end_datetime = before.end_datetime;
        return {};
    }

    const Services& services_;
    jobs::JobContext& job_;
    const Material& material_;
};

Status check_target(Context& cx, const Material& material) {
    TRY(const auto project,
        catalog::find_project(cx.session, material.order.organization_id, material.order.project_id));
    if (project && !project->is_archived)
        return {};
    return fail(Code::NotFound, "The project into which the clip was to go was deleted or archived");
}

Status take_room(Context& cx, const Material& material, const std::vector<Clipped>& clips) {
    std::int64_t bytes = 0;
    for (const Clipped& clip : clips)
        bytes += clip.file.info.size;
    const catalog::StorageReservation taken{material.order.organization_id, bytes, "clip", material.order.id.str(),
                                            cx.now};
    TRY(const bool fits, catalog::take_storage(cx.session, taken, {}));
    if (fits)
        return {};
    return fail(Code::PaymentRequired, fmt::format("The clip holds {} bytes, for which the storage quota has no room; "
                                                   "delete data or raise the quota, then dispatch the job again",
                                                   bytes));
}

/// The source's default look, else that of its own facts.
Status put_profile(Context& cx, const Material& material, const catalog::ItemRow& item, const Clipped& first) {
    TRY(auto look, catalog::find_default_profile(cx.session, material.item.organization_id, material.item.id));
    const auto keeps = [&](const auto& asset) { return !look->asset_key || asset.key == *look->asset_key; };
    if (!look || std::ranges::none_of(material.chosen, keeps))
        return ensure_default_profile(cx, item, first.facts, {first.source.key, first.source.file_name});
    look->id = ProfileId::make();
    look->item_id = item.id;
    look->version = 1;
    look->created_by = cx.principal.user_id;
    look->created_at = look->updated_at = cx.now;
    return catalog::insert_profile(cx.session, *look);
}

catalog::ItemRow item_draft(const Material& material, const std::vector<Clipped>& clips) {
    catalog::ItemRow draft;
    draft.organization_id = material.order.organization_id;
    draft.project_id = material.order.project_id;
    draft.type = "clip";
    draft.name = material.order.name.value_or(material.item.name);
    draft.datetime = material.item.datetime;
    draft.start_datetime = material.item.start_datetime;
    draft.end_datetime = material.item.end_datetime;
    draft.job_id = material.order.id;
    draft.facts = item_facts(clips.front().facts);
    return draft;
}

catalog::AssetRow asset_draft(const Clipped& clip) {
    catalog::AssetRow draft;
    draft.key = clip.source.key;
    draft.file_name = clip_name(clip.source);
    draft.title = clip.source.title.value_or(clip.source.key) + " (clip)";
    draft.media_type = imagery::kCogMediaType;
    draft.roles = R"(["data"])";
    describe_asset(draft, clip.facts);
    return draft;
}

Result<ItemId> put_item(Context& cx, const Material& material, const std::vector<Clipped>& clips) {
    const catalog::Entity job{"processing_job", material.order.id.str()};
    auto draft = item_draft(material, clips);
    CHECK_OK(set_place_and_time(draft, clips.front().facts));
    TRY(auto shelf, Shelf::put_item(cx, std::move(draft), {job, {"item", material.item.id.str()}}));
    std::vector<catalog::AssetRow> made;
    for (const Clipped& clip : clips) {
        TRY(made.emplace_back(),
            shelf.put_asset(asset_draft(clip), stored_file(clip.file.info), {job, {"asset", clip.source.id.str()}}));
    }
    CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    CHECK_OK(put_profile(cx, material, shelf.item, clips.front()));
    for (std::size_t i = 0; i < made.size(); ++i)
        CHECK_OK(enqueue_renditions(cx, made[i], clips[i].facts,
                                    clips[i].facts.raster->is_cog ? CogState::Present : CogState::Missing));
    return shelf.item.id;
}

/// Item, assets, lineage, quota, credits and the job's end in one transaction, or nothing of it.
Result<ClipResult> register_clip(const Services& services, jobs::JobContext& job, const Material& material,
                                 const std::vector<Clipped>& clips) {
    ClipResult result;
    CHECK_OK(transact_for(services, job, [&](Context& cx) -> Status {
        CHECK_OK(check_target(cx, material));
        CHECK_OK(take_room(cx, material, clips));
        TRY(const ItemId item, put_item(cx, material, clips));
        result.item_id = item.str();
        const std::int64_t spent = material.order.credits;
        CHECK_OK(
            catalog::insert_credits(cx.session, {material.order.id, cx.now, material.order.organization_id, spent}));
        TRY(auto order, catalog::find_processing_job(cx.session, material.order.organization_id, material.order.id));
        if (!order)
            return fail(Code::Conflict, "The job was deleted meanwhile");
        order->order.credits_settled = spent;
        CHECK_OK(catalog::update_processing_job(cx.session, order->order));
        CHECK_OK(job.link_output(cx.session, {"item", item.str()}));
        return job.finish(cx.transaction, result);
    }));
    return result;
}

} // namespace

/// Under the id of what was ordered, which `enqueue` would not give it.
Status enqueue_clip(Context& cx, const PlannedJob& planned) {
    const catalog::ProcessingJobRow& row = planned.row;
    catalog::JobRow job;
    job.id = row.id;
    job.kind = kClipJob.name;
    job.organization_id = row.organization_id;
    job.project_id = row.project_id;
    job.item_id = row.source_item_id;
    job.payload = schema::to_json_text(ClipPayload{row.id.str()});
    job.priority = kClipJob.priority;
    job.max_attempts = kClipJob.max_attempts;
    job.created_by = cx.principal.user_id;
    job.run_after = job.created_at = job.updated_at = cx.now;
    CHECK_OK(catalog::enqueue_job(cx.session, job));
    cx.transaction.queued_jobs();
    for (const auto& input : planned.inputs)
        CHECK_OK(catalog::insert_job_link(cx.session, {row.id, catalog::JobRole::Input, input, row.organization_id}));
    return {};
}

Result<ClipResult> run_clip(const Services& services, jobs::JobContext& job, const ClipPayload& /*payload*/) {
    TRY(const Material material, find_material(services, job.job()));
    Clipper clipper(services, job, material);
    std::vector<Clipped> clips;
    const auto count = static_cast<double>(material.chosen.size());
    for (const auto& asset : material.chosen) {
        const double from = 0.95 * static_cast<double>(clips.size()) / count;
        TRY(clips.emplace_back(), clipper.clip(asset, from, from + 0.95 / count));
    }
    if (!job.report(0.95, "register"))
        return fail(Code::Canceled, "The job was stopped");
    return register_clip(services, job, material, clips);
}

} // namespace landfall::domain
