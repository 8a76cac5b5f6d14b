#include "domain/ingest/asset_reading.hpp"

#include "domain/drawing/profiles.hpp"
#include "domain/ingest/placing.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/shelf.hpp"
#include "domain/items/workplace.hpp"
#include "imagery/tasks.hpp"

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kGone = "the item or its asset was deleted";
constexpr std::string_view kNothing = "it is no raster or vector file";

/// The file that a job reads, with those that are read with it.
struct Read {
    catalog::AssetRow asset;
    std::vector<catalog::AssetRow> assets;
};

Result<std::optional<Read>> find_read(const Services& services, const jobs::JobContext& job, const ReadAsset& payload) {
    return services.database.read_for([&](database::Session& session) -> Result<std::optional<Read>> {
        const auto& row = job.job();
        const ItemId item = row.item_id.value_or(ItemId());
        TRY(auto asset, catalog::find_asset(session, row.organization_id, item, payload.asset_id));
        if (!asset || !asset->blob_key)
            return std::optional<Read>();
        Read read{*std::move(asset), {}};
        TRY(read.assets, catalog::list_assets(session, row.organization_id, item));
        return std::optional(std::move(read));
    });
}

/// What the item says of itself by its first file; where it lies and when is its user's to say.
Status describe_item(Context& cx, Shelf& shelf, const catalog::AssetRow& asset, const imagery::Facts& facts) {
    if (shelf.item.facts != catalog::ItemRow().facts)
        return {};
    shelf.item.facts = item_facts(facts);
    if (shelf.item.type == catalog::kCollectionFiles)
        return {};
    shelf.item.type = facts.vector ? "user_vector" : "user_raster";
    return ensure_default_profile(cx, shelf.item, facts, {asset.key, asset.file_name});
}

Result<ReadAssetResult> keep(Context& cx, const Read& read, const imagery::Facts& facts) {
    TRY(auto item, catalog::lock_item(cx.session, read.asset.organization_id, read.asset.item_id));
    if (!item)
        return ReadAssetResult{std::string(kGone)};
    TRY(auto shelf, Shelf::open(cx, *std::move(item)));
    const auto& assets = shelf.assets();
    const auto at = std::ranges::find(assets, read.asset.id, &catalog::AssetRow::id);
    if (at == assets.end() || at->object_id != read.asset.object_id)
        return ReadAssetResult{std::string(kGone)};
    catalog::AssetRow asset = *at;
    const std::string media_type = asset.media_type; // as its user has it
    describe_asset(asset, facts);
    asset.media_type = media_type;
    CHECK_OK(shelf.change_asset(asset));
    CHECK_OK(describe_item(cx, shelf, asset, facts));
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    CHECK_OK(enqueue_renditions(cx, asset, facts, CogState::Missing));
    return ReadAssetResult{};
}

} // namespace

Result<ReadAssetResult> run_read_asset(const Services& services, jobs::JobContext& job, const ReadAsset& payload) {
    TRY(const auto read, find_read(services, job, payload));
    if (!read)
        return ReadAssetResult{std::string(kGone)};
    TRY(const auto workplace, lay_out_asset(services, read->assets, read->asset));
    imagery::ProbeArguments arguments;
    arguments.files = workplace.files;
    const auto found = services.launcher
                           .run(imagery::kProbe, workplace.folder.path(), arguments,
                                probe_limits(services.settings.limits), job.progress(0.05, 0.9))
                           .answer;
    if (!found && found.error().code == Code::InvalidArgument)
        return ReadAssetResult{std::string(kNothing)};
    if (!found)
        return fail(found.error());
    ReadAssetResult result;
    CHECK_OK(transact_for(services, job, [&](Context& cx) -> Status {
        TRY(result, keep(cx, *read, *found));
        return job.finish(cx.transaction, result);
    }));
    return result;
}

Status order_reading(Context& cx, const catalog::AssetRow& asset) {
    JobSubject subject = subject_of(asset, kReadAssetJob.name);
    subject.is_hidden = true;
    return enqueue(cx, kReadAssetJob, {asset.id.str()}, std::move(subject)).map([](const JobId&) {});
}

} // namespace landfall::domain
